// The desk of a writer: saves on the server while one types, formats with buttons and keys, shows the text as the server will.
// <form id="editor" data-save data-files data-shown>; without this module the same form works with its buttons alone.

import { takingPictures } from "./upload.js";

const PAUSE = 1200; // milliseconds after the last key
const AGAIN = 5000; // between two tries without a connection
const form = document.getElementById("editor");
const status = document.getElementById("saved");
const words = status.dataset;
const text = form.elements.body;
const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });

let waiting = 0; // the timer of the next save
let running = null; // the save on its way
let changed = false; // since the last save that arrived
let leaving = false;

function say(sentence, failed = false) {
  status.textContent = sentence;
  status.classList.toggle("failed", failed);
}

// The token changes when one signs in again in another tab; the cookie has the one that counts.
export function token() {
  const kept = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  if (kept) form.elements.csrfmiddlewaretoken.value = kept.slice("csrftoken=".length);
  return form.elements.csrfmiddlewaretoken.value;
}

function written() {
  const data = new FormData(form);
  for (const name of ["cover", "file", "action"]) data.delete(name);
  return data;
}

function later(milliseconds = PAUSE) {
  clearTimeout(waiting);
  waiting = setTimeout(save, milliseconds);
}

function touched() {
  if (!changed && !status.classList.contains("failed")) say(""); // "Saved" would not be true any more
  changed = true;
  later();
}

function settle(answer) {
  form.elements.rev.value = answer.rev;
  if (!form.dataset.post) {
    form.dataset.post = answer.url.match(/(\d+)\/$/)[1];
    form.setAttribute("action", answer.url); // form.action is the buttons of that name
    history.replaceState(null, "", answer.url);
  }
  form.dataset.save = answer.save;
  form.dataset.files = answer.files;
}

async function save() {
  clearTimeout(waiting);
  while (running) await running;
  running = send().finally(() => { running = null; });
  return running;
}

let waits = false; // for new guidelines to be accepted

async function send() {
  changed = false;
  say(words.saving);
  let response;
  try {
    token();
    response = await fetch(form.dataset.save, {
      method: "POST", body: written(), redirect: "manual", credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": token() }, signal: AbortSignal.timeout(20000),
    });
  } catch {
    changed = true;
    say(words.offline, true);
    later(AGAIN);
    return false;
  }
  if (response.ok) {
    const answer = await response.json();
    settle(answer);
    say(`${words.saved} ${clock.format(new Date(answer.at ?? Date.now()))}`);
    return true;
  }
  changed = true;
  waits = response.headers.get("X-Waits-For") === "agreement";
  if (waits) { // the page that answers the form keeps every word and asks
    say(words.agree, true);
    return false;
  }
  if (response.status === 409) {
    otherTab(await response.json());
    return false;
  }
  say(response.type === "opaqueredirect" ? words.out : words.refused, true);
  later(AGAIN);
  return false;
}

// Both texts exist; the writer says which one stays.
function otherTab(answer) {
  clearTimeout(waiting);
  say(`${words.other} `, true);
  const choice = (label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = label;
    button.addEventListener("click", act);
    status.append(button, " ");
  };
  choice(words.mine, () => { settle(answer); save(); });
  choice(words.theirs, () => { leaving = true; location.assign(answer.url); });
}

function saving() {
  form.addEventListener("input", (event) => { if (event.target.type !== "file") touched(); });
  form.addEventListener("change", (event) => { if (event.target.type !== "file") touched(); });
  addEventListener("online", () => { if (changed) later(0); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && status.classList.contains("failed") && changed) later(0); });
  addEventListener("beforeunload", (event) => { if (changed && !leaving) event.preventDefault(); });
  // A button sends the form only after what was typed is safe: without a connection or a session the page stays as it is.
  let safe = false;
  form.addEventListener("submit", async (event) => {
    if (safe) { safe = false; return; }
    event.preventDefault();
    const button = event.submitter;
    clearTimeout(waiting);
    while (running) await running;
    if ((changed || status.classList.contains("failed")) && !(await save()) && !waits) return;
    await new Promise((go) => { setTimeout(go); }); // a form cannot be sent while it is being sent
    token();
    leaving = safe = true;
    form.requestSubmit(button);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; delete form.dataset.sent; } });
  // Enter in a line of its own goes on to the next field; it never publishes.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=file])")) return;
    event.preventDefault();
    if (event.target.name === "title") form.elements.teaser.focus();
    else if (event.ctrlKey || event.metaKey) save();
  });
}

// --- formatting: Markdown around or before what is selected; undo keeps working ---------------------------------------------
function put(inserted, from, to, selectFrom, selectTo) {
  text.focus();
  text.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, inserted)) text.setRangeText(inserted, from, to, "end");
  text.setSelectionRange(selectFrom, selectTo);
  touched();
}

function wrap(mark) {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const inside = value.slice(from, to);
  const around = value.slice(from - mark.length, from) === mark && value.slice(to, to + mark.length) === mark;
  if (around) put(inside, from - mark.length, to + mark.length, from - mark.length, to - mark.length);
  else put(mark + inside + mark, from, to, from + mark.length, to + mark.length);
}

function prefix(sign) {
  const { selectionStart, selectionEnd, value } = text;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end === -1 ? value.length : end;
  const lines = value.slice(from, to).split("\n");
  const off = lines.every((line) => line.startsWith(sign));
  const made = lines.map((line) => (off ? line.slice(sign.length) : sign + line)).join("\n");
  put(made, from, to, from + (off ? 0 : lines.length > 1 ? 0 : made.length), from + made.length);
}

function link() {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const inside = value.slice(from, to);
  const address = /^https?:\/\/\S+$/.test(inside);
  if (address) put(`[](${inside})`, from, to, from + 1, from + 1);
  else put(`[${inside}](https://)`, from, to, from + inside.length + 3, from + inside.length + 11);
}

function code() {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const inside = value.slice(from, to);
  if (inside.includes("\n")) put(`\`\`\`\n${inside}\n\`\`\`\n`, from, to, from + 4, from + 4 + inside.length);
  else wrap("`");
}

export function insertBlock(markdown) {
  const at = text.selectionEnd;
  const before = text.value.slice(0, at);
  const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
  put(`${gap}${markdown}\n\n`, at, at, at + gap.length + markdown.length + 2, at + gap.length + markdown.length + 2);
}

const shown = document.getElementById("shown");
let asked = 0;

async function show() {
  const data = new FormData();
  data.set("body", text.value);
  data.set("post", form.dataset.post ?? "");
  const mine = ++asked;
  try {
    const response = await fetch(form.dataset.shown, { method: "POST", body: data, redirect: "manual", headers: { "X-CSRFToken": token() } });
    const html = response.ok ? await response.text() : "";
    if (response.ok && mine === asked) shown.innerHTML = html;
  } catch { /* the last picture of it stays */ }
}

function showing(button) {
  let next = 0;
  text.addEventListener("input", () => {
    if (shown.hidden) return;
    clearTimeout(next);
    next = setTimeout(show, 400);
  });
  return () => {
    shown.hidden = !shown.hidden;
    button.setAttribute("aria-pressed", String(!shown.hidden));
    form.classList.toggle("with-preview", !shown.hidden);
    if (!shown.hidden) { show(); shown.scrollIntoView({ block: "nearest" }); }
  };
}

function formatting() {
  const bar = form.querySelector(".tools");
  const buttons = [...bar.querySelectorAll("button")];
  const tools = {
    bold: () => wrap("**"), italic: () => wrap("*"), heading: () => prefix("## "), link, quote: () => prefix("> "),
    list: () => prefix("- "), code, picture: () => form.elements.file.click(),
    shown: showing(bar.querySelector("[data-tool=shown]")),
  };
  bar.hidden = false;
  for (const [at, button] of buttons.entries()) {
    button.tabIndex = at ? -1 : 0;
    button.addEventListener("click", () => tools[button.dataset.tool]());
  }
  bar.addEventListener("keydown", (event) => {
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    const next = turn ? (at + turn + buttons.length) % buttons.length : { Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    for (const button of buttons) button.tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
  });
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const tool = event.shiftKey ? { Digit9: "quote", Digit8: "list", KeyP: "shown" }[event.code]
      : event.altKey ? { Digit2: "heading" }[event.code] : { b: "bold", i: "italic", k: "link", e: "code" }[key];
    if (!tool && key === "s" && !event.shiftKey && !event.altKey) { event.preventDefault(); save(); return; }
    if (!tool) return;
    event.preventDefault();
    tools[tool]();
  });
}

function counting() {
  const count = form.querySelector(".count");
  const most = Number(count.dataset.most);
  const teaser = form.elements.teaser;
  const tell = () => {
    const left = most - [...teaser.value].length;
    count.textContent = `${left} ${words.count}`;
    count.classList.toggle("over", left < 0);
  };
  teaser.addEventListener("input", tell);
  tell();
}

function namingTheButton() {
  const button = form.querySelector("[data-publish]");
  const date = form.elements.opens;
  if (!button || !date) return;
  const now = button.textContent;
  const tell = () => { button.textContent = date.value ? button.dataset.later : now; };
  date.addEventListener("input", tell);
  tell();
}

// A mistake that is being mended is not shown any longer. And "back" asks for this page anew instead of sending its text twice.
function forgiving() {
  form.addEventListener("input", ({ target }) => {
    const field = target.closest(".field.wrong");
    if (!field) return;
    field.classList.remove("wrong");
    field.querySelector(".errors")?.remove();
    target.removeAttribute("aria-invalid");
    target.setAttribute("aria-describedby", (target.getAttribute("aria-describedby") ?? "").replace(/\S+_error/, "").trim());
  });
  if (form.dataset.post) history.replaceState(history.state, "", form.getAttribute("action"));
}

saving();
forgiving();
formatting();
counting();
namingTheButton();
takingPictures({ form, text, words, token, insertBlock, touched, ready: async () => Boolean(form.dataset.files) || save() });
