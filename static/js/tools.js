// What one may do with a message of a room without leaving it: a sign, an answer, and behind the dots what its own page offers,
// which says who may do what. Editing and taking away happen in its place.

const HEART = "❤️";

export function handling({ room, form, me, put, fromHtml, answer }) {
  const words = room.dataset;
  const mine = {}; // message id -> one's own sign
  const idOf = (message) => message.id.slice("message-".length);
  const now = (message) => document.getElementById(message.id) ?? message; // it may have come anew while one waited
  const addressOf = (message) => message.querySelector("a.at").href;
  const ask = (address, options = {}) => fetch(address, { credentials: "same-origin", ...options, headers: { "X-Fragment": "1", ...options.headers } });

  function button(kind, text, label) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: `tool ${kind}`, textContent: text });
    made.setAttribute("aria-label", label);
    return made;
  }

  function dress(message) {
    message.classList.toggle("own", message.dataset.author === me);
    for (const sign of message.querySelectorAll("a.sign")) sign.setAttribute("role", "button");
    if (me && message.querySelector(".said") && !message.querySelector(".tools")) {
      const name = message.querySelector("header b")?.textContent ?? "";
      const bar = document.createElement("div");
      bar.className = "tools";
      if (words.reacts) bar.append(Object.assign(button("heart", HEART, words.heart.replace("{name}", name))));
      if (form) bar.append(button("answer", "↩", words.answer.replace("{name}", name)));
      const more = button("more-tools", "⋯", words.tools.replace("{name}", name));
      more.setAttribute("aria-expanded", "false");
      bar.append(more);
      bar.querySelector(".heart")?.setAttribute("data-sign", HEART);
      message.append(bar);
    }
    if ("hidden" in message.dataset && ("team" in words || message.dataset.author === me) && !message.querySelector("a")) {
      const see = Object.assign(document.createElement("a"), { href: `${words.room}${message.dataset.number}/`, rel: "nofollow", textContent: words.see });
      message.querySelector("p").append(" ", see);
    }
    press(message);
  }

  function press(message) {
    for (const sign of message.querySelectorAll("[data-sign]")) sign.setAttribute("aria-pressed", String(mine[idOf(message)] === sign.dataset.sign));
  }

  async function sign(message, emoji) {
    const id = idOf(message);
    const before = mine[id];
    const on = before !== emoji;
    if (on) mine[id] = emoji;
    else delete mine[id];
    press(message);
    try {
      const address = words.reacts.replace(/0\/$/, `${id}/`);
      const done = await ask(address, { method: "POST", body: new URLSearchParams({ emoji, on: on ? "1" : "0" }), headers: { "X-CSRFToken": token() } });
      if (!done.ok) throw new Error(done.status);
    } catch {
      if (before) mine[id] = before;
      else delete mine[id];
      press(now(message));
    }
  }

  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

  // --- behind the dots ---

  async function unfold(message) {
    if (message.querySelector(".in-place")) { fold(message, true); return; }
    room.querySelectorAll(".message:has(.in-place.acts-of)").forEach((other) => fold(other));
    await place(message, addressOf(message), "acts-of");
    now(message).querySelector(".more-tools")?.setAttribute("aria-expanded", "true");
  }

  async function place(message, address, kind) {
    const answered = await ask(address);
    if (!answered.ok || answered.redirected) throw new Error(answered.status);
    const box = document.createElement("div");
    box.className = `in-place ${kind}`;
    box.append(fromHtml(await answered.text()));
    message = now(message);
    message.querySelector(".in-place")?.remove();
    message.append(box);
    message.classList.toggle("editing", kind === "edit-of");
    box.scrollIntoView({ block: "nearest" });
    const first = box.querySelector("textarea, button, a, summary");
    first?.focus({ preventScroll: true });
    if (first?.value !== undefined && first.localName === "textarea") first.selectionStart = first.selectionEnd = first.value.length;
  }

  function fold(message, back = false) {
    message.querySelector(".in-place")?.remove();
    message.classList.remove("editing");
    message.querySelector(".more-tools")?.setAttribute("aria-expanded", "false");
    if (back) (message.querySelector(".more-tools") ?? message).focus({ preventScroll: true });
  }

  const changed = (message) => [...message.querySelectorAll(".in-place :is(textarea, input)")].some((one) => one.value !== one.defaultValue || one.checked !== one.defaultChecked);

  const edit = (message) => place(message, `${addressOf(message)}edit/`, "edit-of");

  async function send(message, sent, submitter) {
    sent.dataset.busy = "yes"; // until it is answered it stays where it is
    const answered = await ask(sent.action || location.href, { method: "POST", body: new URLSearchParams(new FormData(sent, submitter)) });
    const text = await answered.text();
    delete sent.dataset.busy;
    message = now(message);
    if (sent.dataset.verb === "message.edited" && (answered.status === 422 || answered.status === 429)) { // the form, with what is wrong
      const box = message.querySelector(".in-place");
      box.replaceChildren(fromHtml(text));
      (box.querySelector("[aria-invalid]") ?? box.querySelector("textarea")).focus();
      return;
    }
    if (!answered.ok || answered.redirected) throw new Error(answered.status);
    if (sent.dataset.verb === "reaction.given") {
      const data = new FormData(sent, submitter);
      if (data.get("on") === "0") delete mine[idOf(message)];
      else mine[idOf(message)] = data.get("emoji");
      fold(message, true);
      press(message);
      return;
    }
    fold(message, true);
    put(text);
    now(message).focus({ preventScroll: true });
  }

  // What goes through quietly goes this way; anything else the way of every link and form, so that a page says why.
  room.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const message = event.target.closest(".message[data-number]");
    const pressed = event.target.closest("[data-sign], .tool, [data-edit], [data-answer], [data-fold]");
    if (!message || !message.contains(pressed)) return;
    if (pressed.matches("[data-sign]") && !words.reacts) return;
    event.preventDefault();
    if (pressed.dataset.sign) { if (event.detail < 2) sign(message, pressed.dataset.sign); }
    else if (pressed.matches(".more-tools")) unfold(message).catch(() => location.assign(addressOf(message)));
    else if (pressed.matches("[data-edit]")) edit(message).catch(() => location.assign(pressed.href));
    else if (pressed.matches("[data-fold]")) fold(message, true);
    else if (form) { fold(message); answer(message); }
    else location.assign(pressed.href);
  });
  room.addEventListener("submit", (event) => {
    const message = event.target.closest(".message[data-number]");
    const quiet = ["reaction.given", "message.edited", "message.removed", "preview.removed"].includes(event.target.dataset.verb);
    if (!message || !quiet || event.target.dataset.plain) return;
    event.preventDefault();
    if (event.target.dataset.busy) return;
    send(message, event.target, event.submitter).catch(() => { event.target.dataset.plain = "yes"; event.target.requestSubmit(event.submitter); });
  });
  room.addEventListener("keydown", (event) => {
    const message = event.target.closest(".message[data-number]");
    if (!message) return;
    if (event.key === " " && event.target.matches("a.sign")) { event.preventDefault(); event.target.click(); }
    else if (event.key === "Escape" && message.querySelector(".in-place:not(:has([data-busy]))")) {
      event.preventDefault();
      const leave = changed(message) && message.querySelector(".in-place [data-fold]");
      if (leave && leave !== event.target) leave.focus(); // what was typed goes by a second word only
      else fold(message, true);
    }
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches(".edit-of textarea") && (event.ctrlKey || event.metaKey || matchMedia("(hover: hover)").matches)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  return {
    dress,
    know: (signs) => Object.assign(mine, signs),
    // What is unfolded at a message goes along when the message comes anew.
    move: (there, message) => {
      const box = there.querySelector(".in-place");
      if (!box || !message.querySelector(".said")) return;
      message.append(box);
      message.classList.toggle("editing", there.classList.contains("editing"));
    },
    editLast: (event) => {
      const last = [...room.querySelectorAll(".message.own[data-number]")].filter((one) => one.querySelector(".said")).at(-1);
      if (!last) return;
      event.preventDefault();
      edit(last).catch(() => {});
    },
  };
}
