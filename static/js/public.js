// What a public page does beyond being read: the reader's own clock, light or dark, menus that close, passages one can pass on.
// Everything here adds to pages that are whole without it.

const root = document.documentElement;

function tellTimes() {
  const language = root.lang || undefined;
  const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
  const moment = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const spoken = (milliseconds) => {
    const minutes = Math.round(milliseconds / 60000);
    if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
    const hours = Math.round(minutes / 60);
    return Math.abs(hours) < 48 ? relative.format(hours, "hour") : relative.format(Math.round(hours / 24), "day");
  };
  for (const time of document.querySelectorAll("time[data-when]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = full.format(at);
    const form = time.dataset.when;
    if (form === "moment" || form === "until") time.textContent = moment.format(at);
    if (form !== "until" || at < Date.now()) continue;
    let left = time.nextElementSibling;
    if (!left?.classList.contains("until")) {
      left = document.createElement("span");
      left.className = "until";
      time.after(left);
    }
    left.textContent = ` ${spoken(at - Date.now())}`;
  }
}

function minding() {
  if (!document.querySelector('time[data-when="until"]')) return;
  setInterval(() => { if (!document.hidden) tellTimes(); }, 60000);
}

function choosingScheme() {
  const isDark = () => root.dataset.scheme ? root.dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  for (const button of document.querySelectorAll("[data-scheme-switch]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      root.dataset.scheme = isDark() ? "light" : "dark";
      for (const one of document.querySelectorAll("[data-scheme-switch]")) one.setAttribute("aria-pressed", String(isDark()));
      try { localStorage.setItem("scheme", root.dataset.scheme); } catch { /* kept for this page only */ }
    });
  }
}

function closingMenus() {
  const open = () => document.querySelectorAll("details.menu[open], details[data-closes][open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

// Browsers find a passage by whole words only: what was cut through at either end is left out.
function wholeWords(range, words) {
  const letter = /[\p{L}\p{N}]/u;
  const cut = (node, at) => node.nodeType === Node.TEXT_NODE && letter.test(node.data[at - 1] ?? "") && letter.test(node.data[at] ?? "");
  const first = cut(range.startContainer, range.startOffset) ? 1 : 0;
  const last = cut(range.endContainer, range.endOffset) ? words.length - 1 : words.length;
  return first < last ? words.slice(first, last) : words;
}

// A passage of a story as a link that opens with it highlighted: <page>#:~:text=first words,last words
function passageLink(selection) {
  const words = wholeWords(selection.getRangeAt(0), selection.toString().trim().split(/\s+/));
  const safe = (part) => encodeURIComponent(part).replace(/-/g, "%2D");
  const found = words.length > 12 ? `${safe(words.slice(0, 5).join(" "))},${safe(words.slice(-5).join(" "))}` : safe(words.join(" "));
  const page = document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0];
  return `${page}#:~:text=${found}`;
}

function carryingPassages() {
  const story = document.querySelector("[data-carry]");
  if (!story || !navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small carry";
  button.hidden = true;
  document.body.append(button);
  const settle = () => {
    const selection = getSelection();
    const text = selection.toString();
    button.hidden = text.trim().length < 12 || !story.contains(selection.anchorNode) || !story.contains(selection.focusNode);
    if (button.hidden) return;
    const box = selection.getRangeAt(0).getBoundingClientRect();
    button.textContent = story.dataset.carry;
    button.style.left = `${Math.min(Math.max(box.left + box.width / 2, 90), innerWidth - 90)}px`;
    button.style.top = `${Math.max(box.top + scrollY, 60)}px`;
  };
  document.addEventListener("selectionchange", () => { clearTimeout(settle.later); settle.later = setTimeout(settle, 200); });
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(passageLink(getSelection()));
    button.textContent = story.dataset.carried;
  });
}

// Wide tables and long lines of code scroll in their own box; the keyboard must get there.
function reachingScrollers() {
  for (const box of document.querySelectorAll(".prose pre, .prose table")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

// Where somebody first landed stays in their own browser, for 90 days; only signing up tells us. Never the query, never a whole referrer.
function rememberingArrival() {
  const now = new Date();
  const query = new URLSearchParams(location.search);
  const page = location.pathname.startsWith("/accounts/") ? (query.get("next") ?? "/").split(/[?#]/)[0] : location.pathname;
  const other = document.referrer && new URL(document.referrer).host !== location.host ? new URL(document.referrer).hostname : "";
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem("arrival"));
    if (!kept || now - new Date(kept.landed_at) > 90 * 864e5) {
      kept = { landing: page.slice(0, 300), referrer: other, landed_at: now.toISOString() };
      for (const name of ["source", "medium", "campaign"]) kept[name] = (query.get(`utm_${name}`) ?? "").slice(0, 80);
      if (!navigator.globalPrivacyControl) localStorage.setItem("arrival", JSON.stringify(kept));
    }
  } catch { return; }
  for (const field of document.querySelectorAll("form input[type=hidden][name=landing]")) {
    for (const [name, value] of Object.entries(kept)) if (field.form.elements[name]) field.form.elements[name].value = value;
  }
}

// A picture that leads to itself in full opens over the page.
function enlarging() {
  if (!document.querySelector("#large")) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-pictures] a[data-large]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    import("./large.js").then(({ enlarge }) => enlarge(link)).catch(() => location.assign(link.href));
  });
}

tellTimes();
document.addEventListener("fresh", tellTimes);
rememberingArrival();
reachingScrollers();
minding();
choosingScheme();
closingMenus();
carryingPassages();
enlarging();
