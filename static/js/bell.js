// What every page hears while it is open: the bell, without reloading, and who of the team is here now. Whoever clicks on at once
// opens no socket for it, and a page that nobody looks at gives it back; what came meanwhile is asked for by the number that the
// page was made with.

import { forget, listen } from "./live.js";

const SETTLED = 2500;
const RESTS = 60000;
const bells = document.querySelectorAll(".bell[data-topic]"); // in the rail, and above on a phone
const bell = bells[0];
const { topic, place, who } = bell?.dataset ?? {};
const spots = document.querySelectorAll("[data-here], [data-here-one]");
let rev = Number(bell?.dataset.rev);
let listening = false;
let later = 0;
const told = document.createElement("span");
told.className = "sr";
told.setAttribute("aria-live", "polite");

function show(many) { for (const one of bells) dress(one, many); }

function dress(bell, many) {
  let dot = bell.querySelector(".dot");
  if (!many) { dot?.remove(); return; }
  if (!dot) {
    dot = document.createElement("span");
    bell.append(dot);
  }
  dot.className = "dot counts";
  const number = Object.assign(document.createElement("span"), { textContent: many > 9 ? "9+" : many });
  number.setAttribute("aria-hidden", "true");
  const words = Object.assign(document.createElement("span"), { className: "sr", textContent: ` (${many === 1 ? bell.dataset.one : bell.dataset.many.replace("{n}", many)})` });
  dot.replaceChildren(number, words);
}

// The next page of this browser shows the number again that its own dot stands for.
function keep(many) { try { localStorage.setItem("bell", JSON.stringify([topic, rev, many])); } catch { /* the dot says enough */ } }
function kept() {
  try {
    const [whose, when, many] = JSON.parse(localStorage.getItem("bell") ?? "[]");
    return whose === topic && when === rev ? many : 0;
  } catch { return 0; }
}

function heard(frame) {
  if (frame.kind !== "bell") return;
  rev = frame.seq;
  show(frame.id);
  keep(frame.id);
  told.textContent = frame.id ? `${bell.querySelector(".sr").textContent}${bell.querySelector(".dot .sr").textContent}` : "";
  document.dispatchEvent(new CustomEvent("bell", { detail: frame.id }));
}

// Names come as "handle Name": each place for one person is found by the first, a line of several is made of the second.
function showHere(frame) {
  if (frame.kind !== "here") return;
  const people = new Map(JSON.parse(frame.html).map((one) => [one.split(" ", 1)[0], one.slice(one.indexOf(" ") + 1)]));
  for (const spot of spots) {
    if (spot.dataset.here) { spot.hidden = !people.has(spot.dataset.here); continue; }
    const names = [...people].filter(([handle]) => handle !== who).map(([, name]) => name).slice(0, 4);
    spot.hidden = !names.length;
    spot.textContent = (names.length > 1 ? spot.dataset.hereSome : spot.dataset.hereOne).replace("{names}", names.join(", "));
  }
}

function settle() {
  clearTimeout(later);
  const here = place && (spots.length || "seen" in bell.dataset);
  if (document.hidden) {
    later = setTimeout(() => { if (listening) { forget(topic); if (here) forget(place); listening = false; } }, RESTS);
  } else if (!listening) {
    later = setTimeout(() => { listening = true; listen(topic, rev, heard); if (here) listen(place, 0, showHere); }, spots.length ? 0 : SETTLED);
  }
}

if (bell) {
  if (bell.querySelector(".dot") && kept()) show(kept());
  bell.after(told);
  document.addEventListener("visibilitychange", settle);
  settle();
}
