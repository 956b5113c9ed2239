// A room that is slow, or a house that asks for a little patience: the composer counts down and keeps what was typed.

let until = 0;
let tick = 0;

export const waits = () => until > Date.now();

export function wait(form, seconds) {
  until = Math.max(until, Date.now() + seconds * 1000);
  const line = form.querySelector(".pace");
  const send = form.querySelector("button.first");
  const show = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    line.hidden = left <= 0;
    send.setAttribute("aria-disabled", String(left > 0));
    if (left <= 0) { clearInterval(tick); return; }
    const minutes = Math.ceil(left / 60);
    line.textContent = left > 90 ? line.dataset.minutes.replace("{n}", minutes) : line.dataset.seconds.replace("{n}", left);
  };
  clearInterval(tick);
  tick = setInterval(show, 500);
  show();
}

// What was refused for its pace goes back to where it was typed, before whatever was typed since.
export function giveBack(form, text, sentence, seconds) {
  const box = form.elements.body;
  box.value = box.value.trim() && text ? `${text}\n\n${box.value}` : text || box.value;
  let line = form.querySelector(".field .errors");
  if (!line) {
    line = document.createElement("p");
    line.className = "errors";
    line.id = "id_body_error";
    line.setAttribute("role", "status");
    box.after(line);
  }
  line.textContent = sentence;
  box.setAttribute("aria-describedby", line.id);
  box.dispatchEvent(new Event("input"));
  wait(form, seconds);
}
