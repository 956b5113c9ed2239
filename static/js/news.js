// The bell's page: what stood on the screen for a second was looked at, and what comes while it is open stands there by itself.
// <form data-looked="first last"> holds which part of it.

let form = document.querySelector("form[data-looked]");

function looked() {
  const [first, last] = form.dataset.looked.split(" ");
  const body = new URLSearchParams({ first, last });
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true, credentials: "same-origin" })
    .then((answer) => { if (answer.ok) for (const dot of document.querySelectorAll(".bell .dot")) dot.remove(); })
    .catch(() => {});
}

function waiting() {
  if (document.hidden) document.addEventListener("visibilitychange", waiting, { once: true });
  else setTimeout(() => { if (document.hidden) waiting(); else looked(); }, 1000);
}

// New lines come to the top; one that grew takes the place of what it said before.
async function fresh() {
  const answer = await fetch(location.pathname, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
  if (!answer.ok || answer.redirected) return;
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  const roll = box.content.querySelector(".newsroll");
  const here = document.querySelector(".newsroll");
  const header = document.querySelector("[data-news]");
  if (!header || !here || !form) { location.reload(); return; }
  for (const line of [...roll.querySelectorAll(".unseen")].reverse()) {
    if (document.getElementById(line.id)) continue;
    for (const old of here.querySelectorAll(".unseen")) if (old.dataset.line === line.dataset.line) old.remove();
    here.prepend(line);
  }
  document.dispatchEvent(new Event("fresh"));
  form.dataset.looked = `${roll.dataset.first} ${roll.dataset.last}`;
  waiting();
}

if (form) waiting();
if (document.querySelector("[data-news]")) document.addEventListener("bell", ({ detail }) => { if (detail) fresh().catch(() => {}); });
