// A picture over the whole window, with the words in its place. Arrow keys, buttons or a finger turn to the others of the page.
// A link says by data-large how wide its picture is: it is never shown larger than that.

const mirrored = document.documentElement.dir === "rtl" ? -1 : 1;
let dialog = null;
let all = [];
let at = 0;
let touched = null; // where a finger came down

const part = (name) => dialog.querySelector(name);

// spot: where, in parts of its width and height. near: as many pixels as it has, in a box that scrolls; it is the kept picture itself then, made anew because what was chosen out of
// several sizes keeps its density.
function show(near = false, spot = [0.5, 0.5]) {
  const small = all[at].querySelector("img");
  const width = Number(all[at].dataset.large);
  const picture = document.createElement("img");
  picture.alt = small.alt;
  if (!near) {
    picture.style.maxInlineSize = `min(100%, ${width}px)`;
    Object.assign(picture, { sizes: `min(100vw, ${width}px)`, srcset: small.srcset });
    picture.addEventListener("load", () => dialog.classList.toggle("whole", picture.width >= width)); // nearer it would be the same
  }
  else picture.addEventListener("load", () => { // what was pointed at stays in the middle
    const sight = part(".sight");
    sight.scrollTo(spot[0] * sight.scrollWidth - sight.clientWidth / 2, spot[1] * sight.scrollHeight - sight.clientHeight / 2);
  });
  picture.src = all[at].href;
  part(".sight").replaceChildren(picture);
  part(".sight").tabIndex = near ? 0 : -1;
  part(".words").textContent = all[at].closest("figure")?.querySelector("figcaption")?.textContent || small.alt;
  const of = part(".of");
  of.textContent = all.length > 1 ? of.dataset.words.replace("{n}", at + 1).replace("{all}", all.length) : "";
  dialog.classList.toggle("near", near);
  dialog.classList.remove("whole");
  part("[data-near]").ariaPressed = String(near);
}

function turn(step) {
  if (all.length < 2) return;
  at = (at + step + all.length) % all.length;
  show();
}

async function build() {
  dialog = document.querySelector("#large").content.firstElementChild.cloneNode(true);
  const sheet = part("link");
  const dressed = new Promise((done) => { for (const end of ["load", "error"]) sheet.addEventListener(end, done, { once: true }); });
  dialog.addEventListener("click", ({ target, offsetX, offsetY }) => {
    const button = target.closest("button");
    if (button?.dataset.turn) turn(Number(button.dataset.turn));
    else if (button?.matches("[data-near]")) show(!dialog.matches(".near"));
    else if (target.localName === "img") { if (!dialog.matches(".whole")) show(!dialog.matches(".near"), [offsetX / target.width, offsetY / target.height]); }
    else if (button || !target.closest(".words")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (dialog.matches(".near") && event.target.matches(".sight")) return; // there they scroll
    if (event.key === "ArrowRight") turn(mirrored);
    else if (event.key === "ArrowLeft") turn(-mirrored);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("touchstart", ({ touches }) => { touched = touches.length === 1 ? touches[0].clientX : null; }, { passive: true });
  dialog.addEventListener("touchend", ({ changedTouches }) => {
    const by = touched === null ? 0 : changedTouches[0].clientX - touched;
    if (Math.abs(by) > 50 && visualViewport.scale === 1 && !dialog.matches(".near")) turn(by < 0 ? mirrored : -mirrored);
  });
  dialog.addEventListener("close", () => part(".sight").replaceChildren());
  document.body.append(dialog);
  await dressed;
}

export async function enlarge(link) {
  all = [...link.closest("[data-pictures]").querySelectorAll("a[data-large]")];
  at = all.indexOf(link);
  if (!dialog) await build();
  dialog.classList.toggle("one", all.length < 2);
  dialog.showModal();
  show();
  part("[data-close]").focus();
}
