// A room that is open: messages come and change by the socket, one's own stand there at once and are sent until they arrive.
// Every part works without this; what comes are the page's own fragments.

import { listen, typing, watch } from "./live.js";

const room = document.querySelector("#room");
const form = document.querySelector("#write");
const told = document.querySelector("#told");
const line = document.querySelector("#line");
const me = room.dataset.me;
const only = room.dataset.only; // the topic that this page is about
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const list = () => room.querySelector(".messages");
const fromHtml = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
};
const number = (message) => Number(message.dataset.number);
const messages = () => [...list().querySelectorAll(".message[data-number]")];
let atTail = !room.querySelector("[data-later]");
let mine = JSON.parse(room.querySelector(".window").dataset.mine || "{}");

// --- what one sees -------------------------------------------------------------------------------------------------------

const scroller = document.scrollingElement;
const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - innerHeight < 160;
const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };

function dress(message) {
  message.classList.toggle("own", message.dataset.author === me);
  for (const sign of message.querySelectorAll(".sign")) {
    sign.setAttribute("role", "button");
    sign.setAttribute("aria-pressed", String(mine[message.id.slice(8)] === sign.dataset.sign));
  }
  const body = message.querySelector(".said");
  if (!body || !room.dataset.reacts || message.querySelector(".tools")) return;
  const tools = document.createElement("p");
  tools.className = "tools";
  const heart = document.createElement("button");
  heart.type = "button";
  heart.dataset.sign = "❤️";
  heart.textContent = "❤️";
  heart.setAttribute("aria-label", `❤️ ${message.querySelector("header b")?.textContent ?? ""}`);
  const more = document.createElement("a");
  more.href = message.querySelector("a.at").href;
  more.textContent = "⋯";
  more.setAttribute("aria-label", message.querySelector("a.at").textContent);
  tools.append(heart, more);
  message.append(tools);
}

// The day before the first message of a day, in the reader's own clock.
const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
function tellDays() {
  for (const old of list().querySelectorAll(".day")) old.remove();
  let last = "";
  let before = null;
  for (const message of messages()) {
    const time = message.querySelector("header time");
    if (!time) { before = null; continue; }
    const at = new Date(time.dateTime);
    time.textContent = clock.format(at);
    const now = day.format(at);
    if (now !== last) {
      const mark = document.createElement("p");
      mark.className = "day";
      mark.append(Object.assign(document.createElement("span"), { textContent: now }));
      message.before(mark);
    }
    // Who goes on speaking within five minutes needs no second introduction.
    const goesOn = now === last && before && before.dataset.author === message.dataset.author && at - before.at < 300000 && !message.querySelector(".to");
    message.classList.toggle("goes-on", Boolean(goesOn));
    last = now;
    before = { dataset: message.dataset, at };
  }
}

function put(html) {
  const message = fromHtml(html).firstElementChild;
  if (!message) return null;
  const there = document.getElementById(message.id);
  if (only && message.dataset.in !== only) { there?.remove(); return null; } // it is about something else
  if (there) {
    if (Number(there.dataset.rev) < Number(message.dataset.rev)) {
      const focused = there.contains(document.activeElement);
      there.replaceWith(message);
      dress(message);
      if (focused) message.focus();
    }
    return null;
  }
  const all = messages();
  const first = all[0] ? number(all[0]) : 0;
  if (number(message) < first) return null; // an old one that changed; it comes with its page
  if (!atTail && number(message) > number(all[all.length - 1])) return null;
  const after = all.findLast((one) => number(one) < number(message));
  if (after) after.after(message);
  else list().prepend(message);
  dress(message);
  document.querySelector("#nothing")?.remove();
  return message;
}

function heard(frame) {
  if (frame.kind === "denied") { line.hidden = false; line.querySelector("span").textContent = line.dataset.denied; form?.remove(); return; }
  if (frame.kind === "reload") { location.reload(); return; }
  if (frame.kind === "here") { showPeople(JSON.parse(frame.html), frame.id); return; }
  if (frame.kind === "typing") { if (String(frame.id) !== me) types(frame.id, frame.html); return; }
  if (frame.kind === "topic") { for (const name of document.querySelectorAll(`[data-about="${frame.id}"]`)) name.textContent = frame.html; return; }
  if (frame.kind !== "message") return;
  const follow = nearEnd();
  const fresh = put(frame.html);
  if (!fresh) return;
  tellDays();
  stopTyping(fresh.dataset.author);
  if (fresh.dataset.author === me) { drop(fresh.dataset.number); } else {
    told.textContent = `${fresh.querySelector("header b")?.textContent ?? ""}: ${fresh.querySelector(".said")?.textContent.trim().slice(0, 300) ?? ""}`;
  }
  if (follow) toEnd();
  else if (fresh.dataset.author !== me) arrow.hidden = false;
  reading();
}

// --- who is here, who types ----------------------------------------------------------------------------------------------

function showPeople(names, count) {
  const here = document.querySelector("#here");
  const shown = names.slice(0, 4);
  const rest = count - shown.length;
  const words = rest > 0 ? here.dataset.many : shown.length === 1 ? here.dataset.one : here.dataset.some;
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
  spot.textContent = names.length ? words.replace("{names}", names.join(", ")) : "\u00a0";
}

// --- what was read -------------------------------------------------------------------------------------------------------

let read = 0;
let readLater = 0;
function reading() {
  if (!me || document.hidden || !document.hasFocus() || !nearEnd() || !atTail) return;
  const last = messages().at(-1);
  if (!last || number(last) <= read) return;
  clearTimeout(readLater);
  readLater = setTimeout(() => {
    read = number(last);
    const body = new URLSearchParams({ number: read });
    fetch(`${room.dataset.url}read/`, { method: "POST", body, credentials: "same-origin", keepalive: true, headers: { "X-CSRFToken": token(), "X-Fragment": "1" } }).catch(() => { read = 0; });
  }, 600);
}

// --- writing: a message stands in the outbox until the house has it --------------------------------------------------------

const kept = `outbox:${room.dataset.url}`;
const draftAt = `draft:${room.dataset.url}`;
const store = { get: (name) => { try { return localStorage.getItem(name); } catch { return null; } }, set: (name, text) => { try { if (text) localStorage.setItem(name, text); else localStorage.removeItem(name); } catch { /* this page keeps it */ } } };
let outbox = JSON.parse(store.get(kept) || "[]").filter((one) => one.me === me);
let sending = false;
const save = () => store.set(kept, outbox.length ? JSON.stringify(outbox) : "");

function showOutbox() {
  let box = room.querySelector(".outbox");
  if (!box) {
    box = document.createElement("div");
    box.className = "outbox";
    list().after(box);
  }
  box.replaceChildren(...outbox.map((one) => {
    const row = document.createElement("article");
    row.className = `message own waiting${one.problem ? " failed" : ""}`;
    const said = document.createElement("p");
    said.className = "said";
    said.dir = "auto";
    said.textContent = one.body;
    const state = document.createElement("p");
    state.className = one.problem ? "errors" : "quiet";
    state.textContent = one.problem ? `${form.dataset.failed} ${one.problem} ` : form.dataset.sending;
    if (one.problem) {
      for (const [words, act] of [[form.dataset.again, () => { one.problem = ""; showOutbox(); flush(); }], [form.dataset.drop, () => { outbox = outbox.filter((other) => other !== one); save(); showOutbox(); }]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button small";
        button.textContent = words;
        button.addEventListener("click", act);
        state.append(button, " ");
      }
    }
    row.append(said, state);
    return row;
  }));
}

function drop() { showOutbox(); }

async function flush() {
  if (sending) return;
  sending = true;
  for (;;) {
    const one = outbox.find((each) => !each.problem);
    if (!one) break;
    let answer;
    try {
      const body = new URLSearchParams({ body: one.body, answers: one.answers, request: one.request });
      answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(15000), headers: { "X-CSRFToken": token(), "X-Fragment": "1" } });
    } catch {
      setTimeout(() => { sending = false; flush(); }, 1500 + Math.random() * 1500);
      return;
    }
    if (answer.status === 201) {
      outbox = outbox.filter((other) => other !== one);
      save();
      const fresh = put(await answer.text());
      showOutbox();
      if (fresh) tellDays();
      toEnd();
      reading();
    } else if (answer.status >= 500) {
      setTimeout(() => { sending = false; flush(); }, 2000 + Math.random() * 2000);
      return;
    } else {
      one.problem = answer.status === 422 || answer.status === 429 ? await answer.text() : `(${answer.status})`;
      save();
      showOutbox();
    }
  }
  sending = false;
}

function submit(event) {
  event.preventDefault();
  const box = form.elements.body;
  if (!box.value.trim()) return;
  outbox.push({ me, body: box.value, answers: form.elements.answers.value, request: crypto.randomUUID?.() ?? form.elements.request.value });
  save();
  box.value = "";
  store.set(draftAt, "");
  grow();
  aim(null);
  document.querySelector("#nothing")?.remove();
  showOutbox();
  toEnd();
  if (atTail) flush();
  else flush().then(() => location.assign(room.dataset.url));
}

function aim(message) {
  form.elements.answers.value = message ? message.dataset.number : "";
  form.querySelector(".answering").hidden = !message;
  if (message) {
    form.querySelector(".answering b").textContent = message.querySelector("header b").textContent;
    form.elements.body.focus();
  }
}

function grow() {
  const box = form.elements.body;
  box.rows = Math.min(8, Math.max(1, box.value.split("\n").length));
}

// --- history, signs --------------------------------------------------------------------------------------------------------

async function more(link) {
  if (link.dataset.busy) return;
  link.dataset.busy = "yes";
  const answer = await fetch(link.href, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
  if (!answer.ok) throw new Error(answer.status);
  const fresh = fromHtml(await answer.text()).querySelector(".window");
  mine = { ...mine, ...JSON.parse(fresh.dataset.mine || "{}") };
  const earlier = link.dataset.more === "earlier";
  const height = scroller.scrollHeight;
  const top = scroller.scrollTop;
  const rows = [...fresh.querySelectorAll(".message")].filter((row) => !document.getElementById(row.id));
  if (earlier) list().prepend(...rows);
  else list().append(...rows);
  rows.forEach(dress);
  const next = fresh.querySelector(`[data-more="${link.dataset.more}"]`)?.closest("p");
  const bar = link.closest("p");
  if (next) { bar.replaceWith(next); eye?.observe(next); } else bar.remove();
  if (!earlier && !next) { atTail = true; delete room.querySelector(".window").dataset.later; }
  tellDays();
  if (earlier) scroller.scrollTop = top + scroller.scrollHeight - height;
}

async function sign(button) {
  const message = button.closest(".message");
  const id = message.id.slice(8);
  const on = mine[id] === button.dataset.sign ? "0" : "1";
  const address = room.dataset.reacts.replace(/0\/$/, `${id}/`);
  const body = new URLSearchParams({ emoji: button.dataset.sign, on });
  if (on === "1") mine[id] = button.dataset.sign;
  else delete mine[id];
  const answer = await fetch(address, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token(), "X-Fragment": "1" } });
  if (!answer.ok) location.assign(address);
}

room.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-more]");
  const button = event.target.closest("[data-sign]");
  if (link) { event.preventDefault(); more(link).catch(() => location.assign(link.href)); }
  else if (button && room.dataset.reacts) { event.preventDefault(); sign(button).catch(() => {}); }
});
room.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a.sign")) { event.preventDefault(); event.target.click(); }
});

const arrow = document.createElement("button");
arrow.type = "button";
arrow.className = "button small to-end";
arrow.textContent = "↓";
arrow.setAttribute("aria-label", room.querySelector(".unread-line")?.textContent ?? "↓");
arrow.hidden = true;
arrow.addEventListener("click", () => { if (atTail) toEnd(); else location.assign(room.dataset.url); arrow.hidden = true; });
room.append(arrow);
addEventListener("scroll", () => { if (nearEnd()) { arrow.hidden = true; reading(); } }, { passive: true });
addEventListener("focus", reading);

let eye = null;
messages().forEach(dress);
tellDays();
if (location.hash.startsWith("#message-")) document.querySelector(location.hash)?.focus();
else if (document.querySelector("#unread")) document.querySelector("#unread").scrollIntoView({ block: "center" });
else toEnd();
requestAnimationFrame(() => {
  eye = new IntersectionObserver((seen) => { for (const { target, isIntersecting } of seen) if (isIntersecting) target.querySelector("[data-more]")?.click(); }, { rootMargin: "200px" });
  for (const bar of room.querySelectorAll(".more")) eye.observe(bar);
});
if (form) {
  form.addEventListener("submit", submit);
  const box = form.elements.body;
  if (!box.value) box.value = store.get(draftAt) ?? "";
  grow();
  let typedAt = 0;
  box.addEventListener("input", () => {
    store.set(draftAt, box.value);
    grow();
    if (Date.now() - typedAt > 2500) { typedAt = Date.now(); typing(room.dataset.topic); }
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(hover: hover)").matches) { event.preventDefault(); form.requestSubmit(); }
  });
  form.querySelector("[data-cancel]").addEventListener("click", (event) => { event.preventDefault(); aim(null); });
  if (outbox.length) { showOutbox(); flush(); }
}
watch((state) => {
  line.hidden = state === "open" || (state === "away" && !line.dataset.wasOpen);
  if (state === "open") { line.dataset.wasOpen = "yes"; if (form) flush(); }
  line.querySelector("span").textContent = state === "paused" ? line.dataset.paused : line.dataset.away;
});
listen(room.dataset.topic, Number(room.dataset.rev), heard);
reading();
