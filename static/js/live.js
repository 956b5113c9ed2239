// One socket a tab. `listen(topic, after, heard)` joins a topic; after an absence it comes back with the last number that was
// heard, so that nothing is missed and nothing comes twice. What people write does not go this way.

const FIRST = 400;
const LONGEST = 8000;
const PATIENCE = 10000; // for a line that does not come about
const SLEPT = 100000; // a clock that jumped so far belongs to a machine that slept: its line may be dead without a word
const KNOCK = 5000; // how often somebody who was refused asks again
const topics = new Map(); // topic -> { after, heard, denied }
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
const join = (topic) => {
  const { after } = topics.get(topic);
  send(after === null ? { do: "join", topic } : { do: "join", topic, after });
};

function open() {
  clearTimeout(later);
  later = 0;
  if (socket || state === "out" || !topics.size) return;
  const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket = line;
  line.addEventListener("open", () => { for (const topic of topics.keys()) join(topic); });
  line.addEventListener("message", (event) => { if (line === socket) heard(JSON.parse(event.data)); });
  line.addEventListener("close", (event) => { if (line === socket) closed(event.code); });
  setTimeout(() => { if (line === socket && line.readyState === WebSocket.CONNECTING) abandon(); }, PATIENCE);
}

function heard(frame) {
  if (frame.kind === "paused" || frame.kind === "resumed") { become(frame.kind === "paused" ? "paused" : "open"); return; }
  const topic = topics.get(frame.topic);
  if (!topic) return;
  if (frame.error === "denied") { if (!topic.denied) { topic.denied = true; topic.heard({ kind: "denied" }); } return; }
  if (frame.error) return;
  if (frame.seq) {
    if (frame.seq <= topic.after && frame.kind !== "joined") return;
    topic.after = Math.max(topic.after, frame.seq);
  }
  if (frame.kind === "joined") { tries = 0; topic.denied = false; if (state !== "paused") become("open"); }
  topic.heard(frame);
}

function closed(code) {
  socket = null;
  if (code === 4401) { become("out"); return; }
  const refused = [...topics.values()].every((topic) => topic.denied);
  if (!refused) become("away");
  // Full jitter: a house full of tabs does not knock at the same moment. Who has too many tabs waits for one to be closed.
  const most = code === 1008 ? KNOCK * 6 : refused ? KNOCK : Math.min(LONGEST, FIRST * 2 ** tries++);
  later = setTimeout(open, (code === 1008 ? KNOCK : 100) + Math.random() * most);
}

// Not waited for: a line that is dead would not say goodbye either.
function abandon() {
  const line = socket;
  if (!line) return;
  closed(1006);
  line.close();
}

const hurry = () => { if (!socket && topics.size) { tries = 0; clearTimeout(later); later = setTimeout(open, Math.random() * 300); } };
addEventListener("online", hurry);
addEventListener("offline", abandon);
addEventListener("pageshow", (event) => { if (event.persisted) abandon(); hurry(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
let awake = Date.now();
setInterval(() => {
  const now = Date.now();
  if (now - awake > SLEPT) { abandon(); hurry(); }
  awake = now;
  if (!document.hidden) for (const [topic, { denied }] of topics) if (denied) join(topic);
}, KNOCK);

export function listen(topic, after, heardOf) {
  topics.set(topic, { after, heard: heardOf, denied: false });
  if (socket?.readyState === WebSocket.OPEN) join(topic);
  else open();
}
export function forget(topic) {
  topics.delete(topic);
  send({ do: "leave", topic });
  if (!topics.size) socket?.close();
}
export function watch(told) { watchers.add(told); told(state); }
export const typing = (topic) => send({ do: "typing", topic });
