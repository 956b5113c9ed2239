// What one writes in a room: it stands below the messages at once, and in the browser's memory until the house has it, under a
// request number that makes sending twice one message. Each message lies there under a name of its own, so that two tabs of one
// room do not write over each other.

import { enclosing } from "./enclosing.js";
import { kept } from "./kept.js";
import { giveBack, wait, waits } from "./pace.js";

const PATIENCE = 15000;

// Also where the page came by plain http, and the browser has no randomUUID.
function request() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

// room: where it is read; form: where it is written; place: the list above. put: shows a message of the house. typed: somebody types.
export function writing({ room, form, me, put, sent, typed }) {
  const words = form.dataset;
  const box = form.elements.body;
  const draft = `draft:${me}:${room.dataset.url}`;
  const prefix = `outbox:${me}:${room.dataset.url}:`;
  const held = []; // one's own messages that came by the socket while it is not known which of those below they are
  let waiting = kept.names().filter((name) => name.startsWith(prefix)).map(kept.read).filter(Boolean).sort((a, b) => a.at - b.at);
  let sending = false;
  let later = 0;
  let tries = 0;

  const place = document.createElement("div");
  place.className = "outbox";
  room.querySelector(".messages").after(place);

  const keep = (one) => kept.set(prefix + one.request, JSON.stringify(one));
  function forget(one) {
    waiting = waiting.filter((other) => other !== one);
    kept.set(prefix + one.request, "");
  }

  function show() {
    place.replaceChildren(...waiting.map((one) => {
      const row = document.createElement("article");
      row.className = `message own waiting${one.problem ? " failed" : ""}`;
      const said = document.createElement("p");
      said.className = "said";
      said.dir = "auto";
      said.textContent = one.body;
      const along = document.createElement("p");
      along.className = "along quiet";
      along.dir = "auto";
      along.textContent = (one.names ?? []).join(", ");
      const state = document.createElement("p");
      state.className = one.problem ? "errors" : "quiet";
      state.textContent = one.problem ? `${words.failed} ${one.problem} ` : words.sending;
      if (one.problem) {
        state.setAttribute("role", "alert");
        state.append(button(words.again, () => { delete one.problem; keep(one); show(); flush(); }), " ", button(words.drop, () => { forget(one); files.discard(one.files); show(); box.focus(); }));
      }
      row.append(said, along, state);
      return row;
    }));
  }

  function button(text, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  // A page that stands open for days may hold the token of an older session: a fresh one, once.
  async function renewed() {
    const answer = await fetch(room.dataset.url, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("#write [name=csrfmiddlewaretoken]");
    if (!answer.ok || !token || page.querySelector("#room")?.dataset.me !== me) return false;
    form.elements.csrfmiddlewaretoken.value = token.value;
    return true;
  }

  function post(one) {
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "X-Fragment": "1" };
    const body = new URLSearchParams([...Object.entries({ ...one.more, body: one.body, answers: one.answers, request: one.request }), ...(one.files ?? [])]);
    return fetch(form.action, { method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), headers });
  }

  async function flush() {
    clearTimeout(later);
    if (sending) return;
    sending = true;
    let done = false;
    for (let one; (one = waiting.find((each) => !each.problem)); ) {
      try {
        one.tried = true;
        let answer = await post(one);
        if (answer.status === 403 && (await renewed())) answer = await post(one);
        if (answer.status >= 500) throw new Error(answer.status);
        tries = 0;
        if (answer.status === 201) {
          const html = await answer.text();
          forget(one);
          show();
          put(html);
          done = true;
          if (words.slow) wait(form, Number(words.slow));
        } else if (answer.status === 429) {
          forget(one);
          show();
          giveBack(form, one.body, await answer.text(), Number(answer.headers.get("Retry-After")) || 1);
          files.bring(one.files);
        } else {
          one.problem = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : words.shut;
          keep(one);
          show();
        }
        release();
      } catch {
        later = setTimeout(flush, 1000 + Math.random() * Math.min(8000, 1000 * 2 ** tries++));
        break;
      }
    }
    sending = false;
    if (done) sent();
  }

  const unsure = () => waiting.some((one) => one.tried && !one.problem);
  function release() { if (!unsure()) for (const html of held.splice(0)) put(html); }

  function submit(event) {
    event.preventDefault();
    if (waits()) { box.focus(); return; }
    if (files.stops()) return;
    const along = files.fields();
    if (!box.value.trim() && !along.length) { box.focus(); return; }
    const own = ["csrfmiddlewaretoken", "body", "answers", "request", "file", ...along.map(([key]) => key)];
    const more = Object.fromEntries([...new FormData(form)].filter(([key]) => !own.includes(key)));
    const one = { body: box.value, answers: form.elements.answers.value, more, files: along, names: files.names(), request: request(), at: Date.now() };
    waiting.push(one);
    keep(one);
    box.value = "";
    files.clear();
    kept.set(draft, "");
    form.querySelector(".field .errors")?.remove();
    form.querySelector(".field").classList.remove("wrong");
    box.removeAttribute("aria-invalid");
    grow();
    aim(null);
    show();
    sent();
    flush();
  }

  function aim(message) {
    form.elements.answers.value = message ? message.dataset.number : "";
    form.querySelector(".answering").hidden = !message;
    if (!message) return;
    form.querySelector(".answering b").textContent = message.querySelector("header b").textContent;
    box.focus();
  }

  function grow() { box.rows = Math.min(8, Math.max(1, box.value.split("\n").length)); }

  const files = enclosing({ form, box, name: `files:${me}:${room.dataset.url}`, renew: renewed });
  form.addEventListener("submit", submit);
  form.querySelector("[data-cancel]").addEventListener("click", (event) => { event.preventDefault(); aim(null); box.focus(); });
  box.addEventListener("input", () => { kept.set(draft, box.value); grow(); typed(); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && form.elements.answers.value) { aim(null); return; }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || matchMedia("(hover: hover)").matches) { event.preventDefault(); form.requestSubmit(); }
  });
  if (!box.value) box.value = kept.get(draft) ?? "";
  grow();
  if (Number(words.wait)) wait(form, Number(words.wait));
  if (waiting.length) { show(); flush(); }

  return {
    aim,
    flush,
    empty: () => !waiting.length,
    // True: it is one's own and may be one of those that stand below already; it is shown as soon as that is known.
    hold: (html) => unsure() && Boolean(held.push(html)),
    end: () => { for (const one of waiting) { one.problem = words.shut; keep(one); } show(); form.hidden = true; },
  };
}
