// One socket a tab. `listen(topic, after, heard)` joins a topic; after an absence it comes back with the last number that was
// heard, so that nothing is missed and nothing comes twice. What people write does not go this way.

const FIRST = 400;
const LONGEST = 8000;
const topics = new Map(); // topic -> { after, heard, joined }
const watchers = new Set();
let socket = null;
let tries = 0;
let later = 0;
let state = "away"; // "open", "paused" (Redis is away), "away", "out" (signed out)

function become(next) {
  if (next === state) return;
  state = next;
  for (const watch of watchers) watch(state);
}

const send = (what) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what)); };
const join = (topic) => send({ do: "join", topic, after: topics.get(topic).after });

function open() {
  clearTimeout(later);
  later = 0;
  if (socket || state === "out" || !topics.size) return;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", () => { for (const topic of topics.keys()) join(topic); });
  socket.addEventListener("message", heard);
  socket.addEventListener("close", closed);
}

function heard({ data }) {
  const frame = JSON.parse(data);
  if (frame.kind === "paused" || frame.kind === "resumed") { become(frame.kind === "paused" ? "paused" : "open"); return; }
  const topic = topics.get(frame.topic);
  if (!topic) return;
  if (frame.error === "denied") { topics.delete(frame.topic); topic.heard({ kind: "denied" }); return; }
  if (frame.seq) {
    if (frame.seq <= topic.after && frame.kind !== "joined") return;
    topic.after = Math.max(topic.after, frame.seq);
  }
  if (frame.kind === "joined") { tries = 0; if (state !== "paused") become("open"); }
  topic.heard(frame);
}

function closed({ code }) {
  socket = null;
  if (code === 4401) { become("out"); return; }
  become("away");
  if (code === 4403 || code === 1008) { if (!topics.size) return; }
  // Full jitter: a house full of tabs does not knock at the same moment.
  const most = Math.min(LONGEST, FIRST * 2 ** tries++);
  later = setTimeout(open, 100 + Math.random() * most);
}

const hurry = () => { if (!socket && topics.size) { tries = 0; clearTimeout(later); later = setTimeout(open, Math.random() * 300); } };
addEventListener("online", hurry);
addEventListener("pageshow", hurry);
document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
addEventListener("offline", () => { if (socket) socket.close(); });

export function listen(topic, after, heardOf) {
  topics.set(topic, { after, heard: heardOf });
  if (socket?.readyState === WebSocket.OPEN) join(topic);
  else open();
}
export function watch(told) { watchers.add(told); told(state); }
export const typing = (topic) => send({ do: "typing", topic });
