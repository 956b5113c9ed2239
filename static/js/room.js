// A room that is open: messages come and change by the socket, one's own stand there at once. Every part works without this;
// what comes are the page's own fragments.

import { listen, typing, watch } from "./live.js";
import { writing } from "./outbox.js";
import { handling } from "./tools.js";

const room = document.querySelector("#room");
const form = document.querySelector("#write");
const told = document.querySelector("#told");
const line = document.querySelector("#line");
const list = room.querySelector(".messages");
const me = room.dataset.me;
const only = room.dataset.only; // the topic that this page is about
const title = document.title;
const fromHtml = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
};
const number = (message) => Number(message.dataset.number);
const isMessage = (one) => one?.matches(".message[data-number]");
const messages = () => [...list.children].filter(isMessage);
const bar = (way) => room.querySelector(`[data-more="${way}"]`);
let atTail = !room.querySelector("[data-later]");
let out = null;
let denied = false;

// --- what one sees -------------------------------------------------------------------------------------------------------

const scroller = document.scrollingElement;
const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - innerHeight < 160;
const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };

// Whatever changes, the message at the top of the screen stays where it is.
function steady(change) {
  const anchor = messages().find((one) => one.getBoundingClientRect().bottom > 60);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
}

function next(message, way) {
  let other = message[way];
  while (other && !isMessage(other)) other = other[way];
  return other;
}

// The day before the first message of a day, in the reader's own clock; who goes on speaking needs no second introduction.
const language = document.documentElement.lang;
const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const momentOf = (message) => message?.querySelector("header time")?.dateTime;
function introduce(message) {
  if (!message) return;
  if (message.previousElementSibling?.matches(".day")) message.previousElementSibling.remove();
  const moment = momentOf(message);
  if (!moment) return;
  const at = new Date(moment);
  const time = message.querySelector("header time");
  if (time.textContent !== clock.format(at)) time.textContent = clock.format(at);
  const neighbour = next(message, "previousElementSibling");
  let dated = neighbour;
  while (dated && !momentOf(dated)) dated = next(dated, "previousElementSibling");
  const last = dated ? new Date(momentOf(dated)) : null;
  const sameDay = last && day.format(last) === day.format(at);
  if (!sameDay) {
    const mark = document.createElement("p");
    mark.className = "day";
    mark.append(Object.assign(document.createElement("span"), { textContent: day.format(at) }));
    message.before(mark);
  }
  const goesOn = sameDay && dated === neighbour && neighbour.dataset.author === message.dataset.author && at - last < 300000
    && !message.querySelector(".to, .about") && !message.previousElementSibling.matches(".unread-line");
  message.classList.toggle("goes-on", Boolean(goesOn));
}

function takeAway(message) {
  const after = next(message, "nextElementSibling");
  if (message.previousElementSibling?.matches(".day")) message.previousElementSibling.remove();
  message.remove();
  introduce(after);
}

const called = new Map(); // topics that got another name while this page was open
function callAnew(root) {
  for (const name of root.querySelectorAll("[data-about]")) if (called.has(name.dataset.about)) name.textContent = called.get(name.dataset.about);
}

function show(message) {
  callAnew(message);
  tools.dress(message);
  introduce(message);
  introduce(next(message, "nextElementSibling"));
}

const passed = []; // what came for a place that is being loaded
let loading = 0;

// The message that was not there before, null where it was, or has no place on this screen.
function put(html) {
  const message = fromHtml(html).firstElementChild;
  if (!message) return null;
  const there = document.getElementById(message.id);
  if (only && message.dataset.in !== only) { // it is about something else
    if (there) takeAway(there);
    return null;
  }
  if (there) {
    if (Number(there.dataset.rev) < Number(message.dataset.rev)) replace(there, message);
    return null;
  }
  const all = messages();
  if (all.length && ((bar("earlier") && number(message) < number(all[0])) || (!atTail && number(message) > number(all.at(-1))))) {
    if (loading) passed.push(html);
    return null; // it comes with its page
  }
  const after = all.findLast((one) => number(one) < number(message));
  if (after) after.after(message);
  else if (all.length) (all[0].previousElementSibling ?? all[0]).before(message);
  else list.append(message);
  document.querySelector("#nothing")?.remove();
  show(message);
  return message;
}

function replace(there, message) {
  const focused = there.contains(document.activeElement) ? document.activeElement : null;
  const spot = focused && [...there.querySelectorAll("a, button")].findIndex((one) => one === focused);
  tools.move(there, message);
  there.replaceWith(message);
  show(message);
  if (focused && !message.contains(document.activeElement)) (message.contains(focused) ? focused : message.querySelectorAll("a, button")[spot] ?? message).focus({ preventScroll: true });
}

function heard(frame) {
  if (frame.kind === "denied") { denied = true; complain("denied"); out?.end(); return; }
  if (frame.kind === "joined") { if (denied) location.reload(); return; }
  if (frame.kind === "reload") { location.reload(); return; }
  if (frame.kind === "here") { showPeople(JSON.parse(frame.html), frame.id); return; }
  if (frame.kind === "typing") { if (String(frame.id) !== me) types(frame.id, frame.html); return; }
  if (frame.kind === "topic") { called.set(String(frame.id), frame.html); callAnew(document); return; }
  if (frame.kind !== "message") return;
  if (out && !document.getElementById(`message-${frame.id}`) && frame.html.includes(`data-author="${me}"`) && out.hold(frame.html)) return;
  const follow = nearEnd() && atTail;
  let fresh = null;
  if (follow) fresh = put(frame.html);
  else steady(() => { fresh = put(frame.html); });
  if (fresh) came(fresh, follow);
  else if (follow) toEnd(); // a message that grew, by a preview for one
  else if (!atTail && !document.getElementById(`message-${frame.id}`)) arrow.hidden = false;
}

let unseen = 0;
function came(fresh, follow) {
  stopTyping(fresh.dataset.author);
  if (fresh.dataset.author !== me) {
    announce(fresh);
    if (document.hidden || !follow) {
      if (document.hidden && !unseen) drawLine(fresh);
      unseen += 1;
      if (document.hidden) document.title = `(${unseen}) ${title}`;
    }
  }
  if (follow || fresh.dataset.author === me) toEnd();
  showArrow();
  reading();
}

// For ears: each message as it comes, and of many at once how many.
const lately = [];
let tellLater = 0;
function announce(message) {
  const words = message.querySelector(".said")?.textContent.trim().slice(0, 300);
  const files = [...message.querySelectorAll(".shots a, .papers b")].map((one) => one.querySelector("img")?.alt || one.ariaLabel || one.textContent);
  lately.push(`${message.querySelector("header b")?.textContent ?? ""}: ${[words, ...files].filter(Boolean).join(", ")}`);
  tellLater ||= setTimeout(() => {
    tellLater = 0;
    const all = lately.splice(0);
    const words = all.length > 3 ? [room.dataset.many.replace("{count}", all.length)] : all;
    told.replaceChildren(...words.map((one) => Object.assign(document.createElement("span"), { textContent: `${one} ` })));
  }, 300);
}

// Where somebody left off who comes back to this tab.
function drawLine(message) {
  list.querySelector(".unread-line")?.remove();
  const mark = document.createElement("p");
  mark.className = "unread-line";
  mark.append(Object.assign(document.createElement("span"), { textContent: room.dataset.fresh }));
  (message.previousElementSibling?.matches(".day") ? message.previousElementSibling : message).before(mark);
  introduce(message);
}

function complain(what) {
  line.hidden = false;
  line.querySelector("span").textContent = line.dataset[what];
}

// --- who is here, who types ----------------------------------------------------------------------------------------------

function showPeople(names, count) {
  const here = document.querySelector("#here");
  const shown = names.slice(0, 4);
  const rest = count - shown.length;
  const words = rest > 0 ? here.dataset.many : shown.length === 1 ? here.dataset.one : here.dataset.some;
  here.dataset.others = count;
  here.hidden = !count;
  here.textContent = words.replace("{names}", shown.join(", ")).replace("{count}", rest);
}

const typers = new Map();
function types(id, name) {
  clearTimeout(typers.get(String(id))?.wait);
  typers.set(String(id), { name, wait: setTimeout(() => stopTyping(String(id)), 5000) });
  showTypers();
}
function stopTyping(id) {
  if (!typers.has(id)) return;
  clearTimeout(typers.get(id).wait);
  typers.delete(id);
  showTypers();
}
function showTypers() {
  const spot = document.querySelector("#typing");
  if (!spot) return;
  const names = [...typers.values()].map((one) => one.name).slice(0, 3);
  const words = names.length > 1 ? form.dataset.typeMany : form.dataset.types;
  spot.textContent = names.length ? words.replace("{names}", names.join(", ")) : " ";
}

// --- what was read: the last message that stood on the screen ----------------------------------------------------------------

let read = 0;
let readLater = 0;
function reading() {
  if (!me || denied || readLater || document.hidden || !document.hasFocus() || !navigator.onLine) return;
  readLater = setTimeout(() => {
    readLater = 0;
    if (document.hidden || !navigator.onLine) return;
    const floor = innerHeight - (form?.offsetHeight ?? 0) + 20;
    const last = messages().findLast((one) => one.getBoundingClientRect().bottom < floor);
    if (!last || number(last) <= read) return;
    read = number(last);
    const body = new URLSearchParams({ number: read });
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    fetch(`${room.dataset.url}read/`, { method: "POST", body, credentials: "same-origin", keepalive: true, headers: { "X-CSRFToken": token, "X-Fragment": "1" } })
      .catch(() => { read = 0; });
  }, 600);
}

// --- history ---------------------------------------------------------------------------------------------------------------

async function more(link) {
  if (link.dataset.busy) return;
  link.dataset.busy = "yes";
  loading += 1;
  try {
    const answer = await fetch(link.href, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = fromHtml(await answer.text()).querySelector(".window");
    steady(() => insert(fresh, link));
  } finally {
    delete link.dataset.busy;
    loading -= 1;
  }
}

function insert(fresh, link) {
  const way = link.dataset.more;
  tools.know(JSON.parse(fresh.dataset.mine || "{}"));
  const rows = [...fresh.querySelectorAll(".message")].filter((row) => !document.getElementById(row.id));
  if (way === "earlier") list.prepend(...rows);
  else list.append(...rows);
  const old = link.closest("p");
  const again = fresh.querySelector(`[data-more="${way}"]`)?.closest("p");
  if (again) { old.replaceWith(again); eye.observe(again); }
  else { old.remove(); if (way === "later") atTail = true; }
  for (const row of rows) { callAnew(row); tools.dress(row); }
  for (const row of messages()) introduce(row);
  for (const html of passed.splice(0)) put(html);
  reading();
}

const eye = new IntersectionObserver((seen) => { for (const { target, isIntersecting } of seen) if (isIntersecting) target.querySelector("[data-more]")?.click(); }, { rootMargin: "600px" });

const arrow = document.createElement("button");
arrow.type = "button";
arrow.className = "button small to-end";
arrow.hidden = true;
arrow.addEventListener("click", () => { if (atTail) toEnd(); else location.assign(room.dataset.url); (form?.elements.body ?? room).focus({ preventScroll: true }); });
function showArrow() {
  if (nearEnd() && atTail && !document.hidden) unseen = 0;
  const far = scroller.scrollHeight - scroller.scrollTop - innerHeight > innerHeight / 2;
  arrow.hidden = (nearEnd() && atTail) || !(far || unseen || !atTail);
  arrow.textContent = unseen ? `↓ ${unseen}` : "↓";
  arrow.setAttribute("aria-label", unseen ? `${room.dataset.end} (${unseen})` : room.dataset.end);
}

// --- it begins ---------------------------------------------------------------------------------------------------------------

const tools = handling({ room, form, me, put, fromHtml, answer: (message) => out?.aim(message) });
tools.know(JSON.parse(room.querySelector(".window").dataset.mine || "{}"));
messages().forEach(tools.dress);
messages().forEach(introduce);
room.append(arrow);
room.addEventListener("click", (event) => {
  const link = event.target.closest("[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  more(link).catch(() => { if (event.isTrusted) location.assign(link.href); });
});
let drawn = 0;
let stuck = false; // to the end: it stays there when the place one writes in grows
addEventListener("scroll", () => { stuck = nearEnd(); drawn ||= requestAnimationFrame(() => { drawn = 0; showArrow(); reading(); }); }, { passive: true });
if (form) new ResizeObserver(() => {
  room.style.setProperty("--say", `${form.offsetHeight}px`); // the arrow stands above it
  if (stuck && atTail) toEnd();
}).observe(form);
addEventListener("focus", reading);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { document.title = title; showArrow(); reading(); } });

const aimed = location.hash.startsWith("#message-") && document.querySelector(location.hash);
const unread = document.querySelector("#unread");
if (form) {
  let typedAt = 0;
  out = writing({
    room, form, me,
    put: (html) => { const fresh = put(html); if (fresh) reading(); },
    sent: () => { if (atTail) toEnd(); else if (out.empty()) location.assign(room.dataset.url); },
    typed: () => { if (Date.now() - typedAt > 2500) { typedAt = Date.now(); typing(room.dataset.topic); } },
  });
  form.elements.body.addEventListener("keydown", (event) => { if (event.key === "ArrowUp" && !form.elements.body.value) tools.editLast(event); });
}
if (aimed) aimed.focus();
else if (unread) unread.scrollIntoView({ block: "center" });
else toEnd();
if (form?.elements.answers.value) form.elements.body.focus({ preventScroll: true });
requestAnimationFrame(() => { for (const one of room.querySelectorAll(".more")) eye.observe(one); stuck = nearEnd(); showArrow(); });
watch((state) => {
  if (denied) return;
  if (state === "open") { line.hidden = true; line.dataset.wasOpen = "yes"; out?.flush(); reading(); return; }
  if (state === "away" && !line.dataset.wasOpen) return;
  complain(state === "paused" ? "paused" : state === "out" ? "out" : "away");
});
listen(room.dataset.topic, Number(room.dataset.rev), heard);
reading();
