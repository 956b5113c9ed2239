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
  const { none, one, many } = title.dataset;
  const now = Math.max(0, Number(title.textContent.match(/\d+/)?.[0] ?? 0) + by);
  title.textContent = now > 1 ? many.replace("{n}", now) : now ? one : none;
}
