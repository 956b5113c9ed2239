// Pictures for a text: pasted, dropped or chosen, each with a bar while it travels, a way to stop it and to try again, and
// afterwards the question what it shows.

import { element, send } from "./sending.js";

export function takingPictures({ form, text, words, token, insertBlock, touched, ready }) {
  const list = document.getElementById("uploads");
  const most = Number(form.dataset.most);

  function refuse(row, sentence, again) {
    row.replaceChildren(element("p", { className: "errors", textContent: sentence }));
    if (again) {
      const button = element("button", { type: "button", className: "button small", textContent: words.retry });
      button.addEventListener("click", () => { row.remove(); take(again); });
      row.append(button);
    }
    const close = element("button", { type: "button", className: "button small plain", textContent: words.cancel });
    close.addEventListener("click", () => row.remove());
    row.append(close);
  }

  // The words go into the text and stay with the file.
  function ask(row, answer) {
    const field = element("input", { id: `alt-${answer.token}`, maxLength: 500, dir: "auto" });
    const keep = element("button", { type: "button", className: "button small", textContent: words.keep });
    const skip = element("button", { type: "button", className: "button small plain", textContent: words.skip });
    const small = element("img", { src: answer.small, alt: "", width: 64, height: 64 });
    row.replaceChildren(small, element("label", { htmlFor: field.id, textContent: words.alt }), field, keep, skip);
    const finish = async () => {
      const data = new FormData();
      data.set("alt", field.value);
      try {
        const response = await fetch(`${form.dataset.files}${answer.token}/`, { method: "POST", body: data, redirect: "manual", headers: { "X-CSRFToken": token() } });
        if (!response.ok) throw new Error();
        const { markdown } = await response.json();
        const at = text.value.indexOf(answer.markdown);
        if (at !== -1) text.setRangeText(markdown, at, at + answer.markdown.length, "preserve");
        touched();
        row.remove();
        text.focus();
      } catch {
        keep.textContent = words.retry;
      }
    };
    keep.addEventListener("click", finish);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      finish();
    });
    skip.addEventListener("click", () => { row.remove(); text.focus(); });
    field.focus();
  }

  async function take(file) {
    const row = element("div", { className: "upload" });
    list.append(row);
    if (file.type && !file.type.startsWith("image/")) return refuse(row, words.notpicture);
    if (file.size > most) return refuse(row, words.big);
    const bar = element("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", `${words.uploading} ${file.name}`);
    const stop = element("button", { type: "button", className: "button small plain", textContent: words.cancel });
    row.append(element("span", { textContent: file.name || words.uploading, dir: "auto" }), bar, stop);
    if (!(await ready())) return refuse(row, words.failed, file);
    const sending = send({ address: form.dataset.files, token, file, accept: "application/json", onProgress: (part) => { bar.value = part; } });
    stop.addEventListener("click", sending.stop);
    try {
      const got = await sending.done;
      if (!got) return row.remove();
      const answer = got.type.startsWith("application/json") ? JSON.parse(got.text) : {};
      if (got.status !== 201) throw new Error(answer.error ?? "");
      insertBlock(answer.markdown);
      ask(row, answer);
    } catch (problem) {
      refuse(row, problem.message || words.failed, file);
    }
  }

  text.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    files.forEach(take);
  });
  const over = (on) => text.classList.toggle("drop-here", on);
  text.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); over(true); } });
  text.addEventListener("dragleave", () => over(false));
  text.addEventListener("drop", (event) => {
    over(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    [...event.dataTransfer.files].forEach(take);
  });
  // The form's own field sends at once here; without scripts it goes with the form.
  const field = form.elements.file;
  field.addEventListener("change", () => { [...field.files].forEach(take); field.value = ""; });
  form.elements.cover?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    const problem = file && (file.size > most ? words.big : file.type && !file.type.startsWith("image/") ? words.notpicture : "");
    event.target.setCustomValidity(problem || "");
    if (problem) { event.target.reportValidity(); event.target.value = ""; }
  });
}
