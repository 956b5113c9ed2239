// The bell: a page of news that stood on the screen for a second was looked at. <form data-looked="first last"> holds which one.

const form = document.querySelector("form[data-looked]");

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

if (form) waiting();
