// Names and signs while one types: @ and a letter asks the house for people who read along here, : and two letters looks into a
// small list. It comes with the first box that somebody writes in (<textarea data-people>, the address that is asked), and
// without it one types the same by hand. While the list is open it has the keys; closed, every key is the box's own.

import { find } from "./emoji.js";

const NAME = /(?<![\p{L}\p{N}_@/.+-])@([\p{L}\p{N}][\p{L}\p{N}_-]{0,29})$/u;
const SIGN = /(?<![\p{L}\p{N}_:/])(:[a-z][a-z0-9]{1,19})$/i;
const PAUSE = 120; // milliseconds after the last key
const FRESH = 60000; // milliseconds for which an answer is good: people come, go and block
const known = new Map(); // address and word -> the list that came
let since = 0;

const list = document.createElement("ul");
list.id = "suggested";
list.className = "suggested";
list.setAttribute("role", "listbox");
const told = document.createElement("p");
told.className = "sr";
told.setAttribute("aria-live", "polite");

let box = null; // where one types
let start = 0; // of the word that stands for a name or a sign
let refused = -1; // the start of a word to which somebody said no, or that is chosen
let later = 0;
let asking = null;

const options = () => [...list.children];
const isOpen = () => list.isConnected && Boolean(box?.hasAttribute("aria-controls"));
const chosen = () => list.querySelector("[aria-selected=true]");

function stopAsking() {
  clearTimeout(later);
  asking?.abort();
  asking = null;
}

function close() {
  stopAsking();
  if (!isOpen()) return;
  list.remove();
  told.textContent = "";
  box.removeAttribute("aria-controls");
  box.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show(html) {
  list.innerHTML = html;
  if (!list.children.length) { close(); return; }
  options().forEach((one, at) => { one.id = `suggested-${at}`; });
  list.setAttribute("aria-label", box.dataset.listed);
  if (!isOpen()) {
    box.after(list);
    box.setAttribute("aria-controls", list.id);
    list.classList.remove("above");
    const { top, bottom } = box.getBoundingClientRect();
    const screen = visualViewport?.height ?? innerHeight;
    list.classList.toggle("above", screen - bottom < list.offsetHeight + 70 && top > screen - bottom);
  }
  choose(list.firstElementChild);
  const { foundOne, found } = box.dataset;
  told.textContent = list.children.length === 1 ? foundOne : found.replace("{n}", list.children.length);
}

// What stands there from before the last key and does not fit any more goes at once; the house's answer comes a moment later.
function narrow(word) {
  if (!isOpen()) return;
  const left = options().filter((one) => one.textContent.toLowerCase().includes(word));
  if (!left.length) { close(); return; }
  list.replaceChildren(...left);
  if (!chosen()) choose(left[0]);
}

function ask(word) {
  stopAsking();
  const mine = { address: `${box.dataset.people}?q=${encodeURIComponent(word)}`, box };
  if (Date.now() - since > FRESH) { known.clear(); since = Date.now(); }
  if (known.has(mine.address)) { show(known.get(mine.address)); return; }
  narrow(word);
  later = setTimeout(async () => {
    if (!navigator.onLine) return;
    const control = new AbortController();
    asking = control;
    try {
      const answer = await fetch(mine.address, { credentials: "same-origin", signal: control.signal, headers: { "X-Fragment": "1" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      known.set(mine.address, await answer.text());
      if (asking === control && box === mine.box) show(known.get(mine.address));
    } catch {
      if (asking === control) close();
    }
  }, PAUSE);
}

function look() {
  const { value, selectionStart, selectionEnd } = box;
  const before = value.slice(Math.max(0, selectionStart - 60), selectionStart);
  const name = selectionStart === selectionEnd && box.dataset.people ? before.match(NAME) : null;
  const sign = selectionStart === selectionEnd && !name ? before.match(SIGN) : null;
  if (!name && !sign) { refused = -1; close(); return; }
  const from = selectionStart - (name ? name[1].length + 1 : sign[1].length);
  if (from === refused) return;
  if (from !== start) close();
  start = from;
  refused = -1;
  if (name) ask(name[1].toLowerCase());
  else show(find(sign[1].slice(1).toLowerCase()));
}

function take(option) {
  const end = box.selectionStart;
  const text = option.dataset.put + (/^\s/.test(box.value.slice(end)) ? "" : " ");
  refused = start;
  close();
  box.focus();
  box.setSelectionRange(start, end);
  // This way it can be undone; the other is for a browser that does not know it any more.
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function pressed(event) {
  if (event.target !== box || !isOpen() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = options();
  const at = all.indexOf(chosen());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(all[(at + step + all.length) % all.length]);
  else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(all[at]);
  else if (event.key === "Escape") { refused = start; close(); }
  else {
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close();
    return;
  }
  event.preventDefault();
  event.stopPropagation(); // the box's own Enter sends, its Escape and its arrows mean something else
}

export function attend(textarea) {
  if (box === textarea) return;
  close();
  box = textarea;
  refused = -1;
  if (box.dataset.attended) return;
  box.dataset.attended = "yes";
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  box.addEventListener("input", look);
  for (const gone of ["blur", "click"]) box.addEventListener(gone, close);
  if (document.activeElement === box) look(); // whoever types quicker than this came has typed something already
}

document.body.append(told);
document.addEventListener("keydown", pressed, true); // before anybody else who listens there
document.addEventListener("submit", close, true);
list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus, and a phone its keyboard
list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) take(option); });
