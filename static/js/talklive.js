// The talk while one reads it: what others write, edit, take away and sign comes by itself. Nothing moves the text under the reader:
// what would is kept back behind "3 new comments". What comes is the page's own fragment as every member sees it; what is one's own
// is put in here, and whoever sees more or less than others (data-plain is missing) asks for each.

import { count, fromHtml, lastOf, place, talk } from "./comments.js";
import { listen } from "./live.js";

const { me } = talk?.dataset ?? {};
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const told = document.createElement("p");
told.className = "sr";
told.setAttribute("aria-live", "polite");
const line = document.createElement("button");
line.type = "button";
line.className = "button small new-comments";
line.hidden = true;
const waiting = new Map(); // id -> a comment that would move what one reads
const below = new Set(); // comments that stand there and were not in sight yet

const words = (many) => (many === 1 ? talk.dataset.freshOne : talk.dataset.freshMany.replace("{n}", many));
const isWhole = (comment) => !comment.classList.contains("empty-chair");

function show() {
  const many = waiting.size + below.size;
  line.hidden = !many;
  if (many) line.textContent = words(many);
}

function tell() {
  show();
  if (!line.hidden) told.textContent = line.textContent;
}

const eye = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    eye.unobserve(target);
    below.delete(target);
  }
  show();
});

// --- what is one's own ---------------------------------------------------------------------------------------------------

// One's own sign in a bar that was made for everybody; a second form takes it back, as on the page itself.
function press(bar, emoji) {
  const button = bar?.querySelector(`button[value="${emoji}"]`);
  if (!button) return;
  const off = button.form.cloneNode(false);
  off.id = `off-${bar.id.slice("signs-".length)}`;
  off.append(...[...button.form.querySelectorAll("input[type=hidden]")].map((field) => field.cloneNode()));
  off.elements.on.value = "0";
  button.form.after(off);
  button.setAttribute("form", off.id);
  button.setAttribute("aria-pressed", "true");
}

const pressed = (box) => box?.querySelector('button[aria-pressed="true"]')?.value;

function made(html) {
  const part = fromHtml(html).firstElementChild;
  for (const field of part?.querySelectorAll("[name=csrfmiddlewaretoken]") ?? []) field.value = token();
  return part;
}

async function asked(id) {
  const answer = await fetch(`${talk.dataset.comments}${id}/`, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
  if (answer.ok && !answer.redirected) return fromHtml(await answer.text()).firstElementChild;
  if (answer.status === 404) return null;
  throw new Error(answer.status);
}

// --- what comes ----------------------------------------------------------------------------------------------------------

async function take(frame) {
  const there = document.getElementById(`comment-${frame.id}`) ?? waiting.get(frame.id);
  if (there?.querySelector("[data-busy]")) { await new Promise((done) => setTimeout(done, 300)); return take(frame); }
  let next = made(frame.html);
  const own = (there ?? next)?.dataset.author === me;
  if (own || !("plain" in talk.dataset)) next = (await asked(frame.id)) ?? next;
  else if (next && pressed(there)) press(next.querySelector(".signs"), pressed(there));
  if (there) change(frame.id, there, next);
  else if (next && isWhole(next)) add(frame.id, next, own);
}

function change(id, there, next) {
  if (next && Number(next.dataset.rev) < Number(there.dataset.rev)) return;
  const by = Number(Boolean(next) && isWhole(next)) - Number(isWhole(there));
  if (waiting.has(id)) {
    if (next && isWhole(next)) waiting.set(id, next);
    else waiting.delete(id);
  } else {
    const focused = there.contains(document.activeElement);
    below.delete(there);
    eye.unobserve(there);
    if (next) there.replaceWith(next);
    else there.remove();
    if (focused) (next ?? talk.querySelector("#talk-title")).focus();
    count(by);
  }
  show();
}

// Does it stand on this page of the talk? New branches come last, answers at the end of theirs.
const isHere = (comment) => (lastOf(comment.dataset.root) ? true : comment.dataset.root === comment.dataset.number && !talk.querySelector("[rel=next]"));

function add(id, comment, own) {
  if (!isHere(comment)) return;
  const edge = (lastOf(comment.dataset.root) ?? talk.querySelector(".comments")).getBoundingClientRect().bottom;
  if (own || document.hidden || edge > innerHeight) {
    place(comment);
    count(1);
    if (own) return;
    below.add(comment);
    eye.observe(comment);
  } else {
    waiting.set(id, comment);
  }
  tell();
}

line.addEventListener("click", () => {
  const fresh = [...waiting.values()];
  for (const comment of fresh) { place(comment); count(1); }
  document.dispatchEvent(new Event("fresh"));
  waiting.clear();
  const first = fresh[0] ?? [...below][0];
  below.clear();
  show();
  first?.scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
});

function signs(html) {
  const there = talk.querySelector(".said-first .signs");
  const next = made(html);
  if (!there || !next || there.dataset.busy) return;
  if (!("plain" in talk.dataset)) { for (const one of next.querySelectorAll("button")) there.querySelector(`[value="${one.value}"]`)?.replaceChildren(...one.childNodes); return; }
  const focused = there.contains(document.activeElement) ? document.activeElement.value : "";
  press(next, pressed(there));
  there.replaceWith(next);
  if (focused) next.querySelector(`button[value="${focused}"]`)?.focus();
}

let turn = Promise.resolve();
function heard(frame) {
  if (frame.kind === "reload") { line.hidden = false; line.textContent = talk.dataset.freshMany.replace("{n}", "500+"); line.addEventListener("click", () => location.reload()); }
  if (frame.kind === "signs") turn = turn.then(() => signs(frame.html)).catch(() => {});
  if (frame.kind === "comment") turn = turn.then(() => take(frame)).catch(() => {});
}

if (talk?.dataset.topic) {
  talk.append(line, told);
  listen(talk.dataset.topic, Number(talk.dataset.rev), heard);
}
