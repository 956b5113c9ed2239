// What a signed-in page tells the house: which posts were really seen. A post counts after one second in view; what was seen is
// reported in one small request every few seconds and when the page is left. <body data-seen-url>, <article data-seen="post:12">.

const LONG_ENOUGH = 1000;
const BETWEEN = 5000;

function watchingSeen() {
  const address = document.body.dataset.seenUrl;
  const posts = document.querySelectorAll("[data-seen]");
  if (!address || !posts.length) return;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const waiting = new Map();
  const seen = new Set();
  let fresh = [];
  let later = 0;

  const report = () => {
    clearTimeout(later);
    later = 0;
    if (!fresh.length) return;
    const body = new URLSearchParams(fresh.map((what) => ["seen", what]));
    fresh = [];
    fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true, credentials: "same-origin" }).catch(() => {});
  };
  const note = (post) => {
    waiting.delete(post);
    eye.unobserve(post);
    if (document.hidden || seen.has(post.dataset.seen)) return;
    seen.add(post.dataset.seen);
    fresh.push(post.dataset.seen);
    later ||= setTimeout(report, BETWEEN);
  };
  const eye = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, intersectionRect, intersectionRatio } of entries) {
      const inView = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2);
      if (inView && !waiting.has(target)) waiting.set(target, setTimeout(note, LONG_ENOUGH, target));
      if (!inView && waiting.has(target)) {
        clearTimeout(waiting.get(target));
        waiting.delete(target);
      }
    }
  }, { threshold: [0, 0.1, 0.25, 0.5, 0.75] });
  for (const post of posts) eye.observe(post);
  document.addEventListener("visibilitychange", () => { if (document.hidden) report(); });
  addEventListener("pagehide", report);
}

// A form that was sent once is not sent twice by an impatient hand.
function sendingOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
}

// The line of the feed: whoever has come down to it has seen what stands above; the form is sent without leaving the page.
function catchingUp() {
  const form = document.querySelector("form[data-on-sight]");
  if (!form) return;
  let wait = 0;
  const eye = new IntersectionObserver(([{ isIntersecting }]) => {
    clearTimeout(wait);
    if (!isIntersecting) return;
    wait = setTimeout(() => {
      if (document.hidden) return;
      eye.disconnect();
      fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", credentials: "same-origin" }).catch(() => {});
    }, LONG_ENOUGH);
  });
  eye.observe(form);
}

// <button data-copy="id" data-done="Copied" hidden>: puts the field's text on the clipboard; without one the field is there to select.
function copying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      button.querySelector("span").textContent = button.dataset.done;
    });
  }
}

// On a phone a row of tabs slides: the one that is open is in sight.
function showingTab() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.scrollIntoView({ block: "nearest", inline: "center" });
}

// A slash leads into the box of search, wherever one is not writing.
function seeking() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = [...document.querySelectorAll("[data-seek]")].find((one) => one.checkVisibility());
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

// Names and signs while one types come with the first box that somebody writes in.
function suggesting() {
  const begin = ({ target }) => {
    if (target?.matches?.("textarea[data-people]")) import("./typeahead.js").then(({ attend }) => attend(target)).catch(() => {});
  };
  document.addEventListener("focusin", begin);
  begin({ target: document.activeElement });
}

watchingSeen();
suggesting();
seeking();
catchingUp();
sendingOnce();
copying();
showingTab();
