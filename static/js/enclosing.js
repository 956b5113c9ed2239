// Files for a message: chosen, pasted or dropped, each with a bar while it travels and a way to stop it. What arrived stands in
// the form as the house drew it, with the question what a picture shows, and is remembered until it is sent.

import { kept } from "./kept.js";
import { element, send } from "./sending.js";

const inList = ([key]) => key === "files" || key.startsWith("alt-") || key.startsWith("bare-");

// name: under which the browser remembers; renew: asks for a fresh token, true where there is one.
export function enclosing({ form, box, name, renew }) {
  const field = form.querySelector(".enclosing");
  const words = field.dataset;
  const list = field.querySelector(".enclosed");
  const problem = field.querySelector(".errors");
  const status = field.querySelector("[role=status]");
  const pick = form.elements.file;
  const token = () => form.elements.csrfmiddlewaretoken.value;
  let line = Promise.resolve(); // one after the other, in the order in which they were chosen
  let wanted = false; // it was to be sent while something was on its way

  const fields = () => [...new FormData(form)].filter(inList);
  const tokensIn = (saved) => saved.filter(([key]) => key === "files").map(([, value]) => value);
  const remember = () => kept.set(name, list.querySelector("[data-token]") ? JSON.stringify(fields()) : "");

  function complain(sentence) {
    problem.hidden = !sentence;
    problem.textContent = sentence;
    field.classList.toggle("wrong", Boolean(sentence));
  }

  function say(sentence, seen = false) {
    status.classList.toggle("sr", !seen);
    status.textContent = sentence;
  }

  function button(text, act, kind = "") {
    const made = element("button", { type: "button", className: `button small ${kind}`, textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  function settle() {
    remember();
    if (!wanted || list.querySelector(".going")) return;
    wanted = false;
    say("");
    form.requestSubmit();
  }

  function refuse(row, file, sentence, again) {
    row.className = "refused";
    const told = element("p", { className: "errors", textContent: `${file.name} ${sentence}`, dir: "auto" });
    told.setAttribute("role", "alert");
    row.replaceChildren(told);
    if (again) row.append(button(words.retry, () => travel(row, file), "again"));
    row.append(button(words.close, () => { row.remove(); box.focus(); settle(); }, "plain"));
    wanted = false;
    say("");
  }

  function arrive(row, html) {
    const made = element("template", { innerHTML: html }).content.firstElementChild;
    row.replaceWith(made);
    if (!wanted) say(words.there.replace("{name}", made.dataset.name));
  }

  function travel(row, file) {
    let stopped = false;
    let sending = null;
    row.className = "going";
    const bar = element("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", `${words.uploading} ${file.name}`);
    const stop = button(words.cancel, () => { stopped = true; sending?.stop(); row.remove(); box.focus(); settle(); }, "plain");
    row.replaceChildren(element("span", { textContent: file.name, dir: "auto" }), bar, stop);
    const go = () => {
      sending = send({ address: words.files, token, file, accept: "text/html", onProgress: (part) => { bar.value = part; } });
      return sending.done;
    };
    line = line.then(async () => {
      if (stopped) return;
      try {
        let got = await go();
        if (!stopped && got?.status === 403 && (await renew())) got = await go();
        if (stopped || !got) return;
        if (got.status === 201) arrive(row, got.text);
        else refuse(row, file, got.type.startsWith("text/plain") ? got.text : words.failed, got.status === 429 || got.status >= 500);
      } catch {
        if (!stopped) refuse(row, file, words.failed, true);
      }
      settle();
    });
  }

  function take(files) {
    complain("");
    for (const file of files) {
      if (list.children.length >= Number(words.many)) { complain(words.tooMany); return; }
      const row = element("li");
      list.append(row);
      if (file.size > Number(words.most)) refuse(row, file, words.big);
      else travel(row, file);
    }
  }

  // What was remembered, as far as the house has it still.
  async function bring(saved) {
    const tokens = tokensIn(saved ?? []).filter((one) => !list.querySelector(`[data-token="${CSS.escape(one)}"]`));
    if (!tokens.length) return;
    const address = `${words.files}?${new URLSearchParams(tokens.map((one) => ["files", one]))}`;
    const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
    if (!answer.ok || answer.redirected) return;
    list.append(element("template", { innerHTML: await answer.text() }).content);
    for (const [key, value] of saved) {
      const input = list.querySelector(`[name="${CSS.escape(key)}"]`);
      if (input?.type === "checkbox") input.checked = true;
      else if (input && key !== "files") input.value = value;
    }
    remember();
  }

  const drop = (one) => fetch(words.files, { method: "POST", body: new URLSearchParams({ drop: one }), credentials: "same-origin", headers: { "X-CSRFToken": token() } }).catch(() => {});

  // True where something has to be done before it can go; it says what, and goes by itself where waiting is enough.
  function stops() {
    complain("");
    const silent = [...list.querySelectorAll("[data-token]")].find((row) => {
      const bare = row.querySelector("[name^=bare-]");
      return bare && !bare.checked && !row.querySelector("[name^=alt-]").value.trim();
    });
    const refused = list.querySelector(".refused button");
    wanted = !refused && !silent && Boolean(list.querySelector(".going"));
    say(wanted ? words.wait : "", wanted);
    if (silent) {
      const input = silent.querySelector("[name^=alt-]");
      silent.classList.add("wrong");
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", problem.id);
      complain(words.say);
      input.focus();
    } else refused?.focus();
    return Boolean(wanted || silent || refused);
  }

  list.addEventListener("input", ({ target }) => {
    const row = target.closest(".wrong");
    if (row) { row.classList.remove("wrong"); row.querySelector("[name^=alt-]").removeAttribute("aria-invalid"); complain(""); }
    remember();
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[name^=alt-]")) return;
    event.preventDefault();
    box.focus();
  });
  list.addEventListener("click", (event) => {
    const out = event.target.closest("[name=drop]");
    if (!out) return;
    event.preventDefault();
    drop(out.value);
    out.closest("li").remove();
    complain("");
    box.focus();
    settle();
  });
  pick.addEventListener("change", () => { take([...pick.files]); pick.value = ""; });
  box.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || (types.includes("text/plain") && types.includes("text/html"))) return; // a table is words, though it brings its picture
    event.preventDefault();
    take([...files]);
  });
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  const over = (on) => form.classList.toggle("drop-here", on);
  addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); over(true); } });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
  addEventListener("drop", (event) => {
    over(false);
    if (!carries(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  addEventListener("online", () => { for (const again of list.querySelectorAll(".again")) again.click(); });
  bring(kept.read(name)).catch(() => {});

  return {
    fields,
    stops,
    bring: (saved) => bring(saved).catch(() => {}),
    names: () => [...list.querySelectorAll("[data-token]")].map((row) => row.dataset.name),
    clear: () => { list.replaceChildren(); remember(); },
    discard: (saved) => { for (const one of tokensIn(saved ?? [])) drop(one); },
  };
}
