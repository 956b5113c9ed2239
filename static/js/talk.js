// The talk under a story without leaving the page: signs, answers and quotes go where they belong. Every part of it is a link or
// a form that works without this; what comes back are the page's own fragments.

import { count, fromHtml, place, talk } from "./comments.js";

const said = document.createElement("p");
said.className = "sr";
said.setAttribute("role", "status");

const ask = (address, options = {}, part = "1") => fetch(address, { credentials: "same-origin", ...options, headers: { "X-Fragment": part } });

// A second click of a double click says nothing new; the answer to the first may have come in between.
function once(event) {
  if (event.detail > 1 && event.target.closest("button.sign")) event.preventDefault();
}

async function react(form, button) {
  const bar = form.closest(".signs");
  if (bar.dataset.busy) return;
  bar.dataset.busy = "yes";
  try {
    const part = bar.closest(".said-first") ? "whole" : "1";
    const fresh = await barFrom(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) }, part);
    bar.replaceWith(fresh);
    const again = fresh.querySelector(`button[value="${button.value}"]`) ?? fresh.querySelector("button, a");
    again.focus();
    said.textContent = again.getAttribute("aria-label");
  } catch {
    delete bar.dataset.busy;
    plainly(form, button);
  }
}

// All signs of a comment, for whoever wants another than those that stand there.
async function unfold(link) {
  const fresh = await barFrom(link.href, {}, "whole");
  const stood = link.closest(".signs").querySelectorAll("button").length;
  link.closest(".signs").replaceWith(fresh);
  (fresh.querySelectorAll("button")[stood] ?? fresh.querySelector("button")).focus();
}

async function barFrom(address, options, part) {
  const answer = await ask(address, options, part);
  if (answer.redirected || !answer.ok) throw new Error(answer.status);
  return fromHtml(await answer.text()).firstElementChild;
}

// What did not go through quietly goes the way of every form, so that the page itself says why.
function plainly(form, button) {
  form.dataset.plain = "yes";
  form.requestSubmit(button);
}

// --- writing -----------------------------------------------------------------------------------------------------------

const formOf = () => talk.querySelector("form.say");

function aim(form, link) {
  const comment = link?.closest(".comment");
  form.elements.answers.value = comment ? comment.id.slice("comment-".length) : "";
  const line = form.querySelector(".answering");
  line.hidden = !comment;
  if (comment) {
    line.querySelector("b").textContent = comment.querySelector("header b").textContent;
    comment.after(form);
  } else {
    talk.querySelector(".saying").append(form);
  }
  form.elements.body.focus();
  form.scrollIntoView({ block: "nearest" });
}

// The server's own quote, with the passage in place of the whole where one is selected.
async function quote(form, link) {
  const words = link.closest(".comment").querySelector(".said");
  const selection = getSelection();
  const passage = words.contains(selection.anchorNode) && words.contains(selection.focusNode) ? selection.toString().trim() : "";
  const answer = await ask(link.href.split("#")[0]);
  if (!answer.ok) { location.assign(link.href); return; }
  const whole = fromHtml(await answer.text()).querySelector("form.say textarea")?.value ?? "";
  const head = whole.split("\n").slice(0, 2).join("\n");
  const text = passage ? `${head}\n${passage.split("\n").map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n` : whole;
  const box = form.elements.body;
  aim(form, link);
  box.value = box.value.trim() ? `${box.value.trimEnd()}\n\n${text}` : text;
  box.selectionStart = box.selectionEnd = box.value.length;
}

async function send(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  let answer;
  try {
    answer = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch {
    delete form.dataset.busy;
    complain(form, form.dataset.lost);
    return;
  }
  delete form.dataset.busy;
  if (answer.status === 422 || answer.status === 429) {
    const told = fromHtml(await answer.text()).querySelector(".errors")?.textContent ?? "";
    complain(form, told);
  } else if (answer.status === 201) {
    const comment = fromHtml(await answer.text()).firstElementChild;
    form.elements.body.value = "";
    form.elements.request.value = answer.headers.get("X-Next");
    form.querySelector(".errors")?.remove();
    form.querySelector(".field").classList.remove("wrong");
    aim(form, null);
    if (!document.getElementById(comment.id)) {
      place(comment);
      count(1);
    }
    document.getElementById(comment.id).focus();
    said.textContent = form.dataset.said;
  } else {
    plainly(form);
  }
}

function complain(form, sentence) {
  const field = form.querySelector(".field");
  field.classList.add("wrong");
  let line = field.querySelector(".errors");
  if (!line) {
    line = document.createElement("p");
    line.className = "errors";
    line.id = "id_body_error";
    field.append(line);
  }
  line.textContent = sentence;
  form.elements.body.setAttribute("aria-invalid", "true");
  form.elements.body.setAttribute("aria-describedby", line.id);
  form.elements.body.focus();
  said.textContent = sentence;
}

function clicked(event) {
  const link = event.target.closest("a[data-answer], a[data-quote], a[data-cancel], .comment a.more-signs");
  const form = formOf();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!form && !link.matches(".more-signs")) return;
  event.preventDefault();
  if (link.matches(".more-signs")) unfold(link).catch(() => location.assign(link.href));
  else if ("quote" in link.dataset) quote(form, link).catch(() => location.assign(link.href));
  else aim(form, "answer" in link.dataset ? link : null);
}

function submitted(event) {
  const form = event.target;
  if (form.dataset.plain) { delete form.dataset.plain; return; }
  if (form.dataset.verb === "reaction.given") {
    event.preventDefault();
    react(form, event.submitter);
  } else if (form.matches("form.say")) {
    event.preventDefault();
    send(form);
  }
}

if (talk) {
  talk.append(said);
  talk.addEventListener("click", once, true);
  talk.addEventListener("click", clicked);
  talk.addEventListener("submit", submitted);
  talk.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("form.say")?.requestSubmit();
  });
}
