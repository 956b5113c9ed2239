// Where a comment stands on the page of its talk, for whatever puts one there.

export const talk = document.querySelector("#talk");

export function fromHtml(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
}

export const lastOf = (root) => [...talk.querySelectorAll(`.comment[data-root="${root}"]`)].at(-1);

export function place(comment) {
  const last = lastOf(comment.dataset.root);
  if (last) last.after(comment);
  else talk.querySelector(".comments").append(comment);
  talk.querySelector("[data-nothing]")?.remove();
}

export function count(by) {
  const title = talk.querySelector("#talk-title");
  title.textContent = title.textContent.replace(/\d+/, (number) => String(Math.max(0, Number(number) + by)));
}
