// The look of a community changes on the page while its owner chooses; nothing is kept before it is saved.

const form = document.getElementById("look");
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const now = document.getElementById("hue-now");
const radii = { none: "0rem", soft: ".45rem", round: "1.1rem" };

// Lightness and chroma are near those that the server reckons with; it checks every hue for contrast when it is saved.
function wear() {
  const hue = Number(form.elements.hue.value) % 360;
  const radius = radii[form.elements.radius.value] ?? radii.soft;
  const face = { serif: "var(--serif)", sans: "var(--sans)", slab: "var(--slab)" }[form.elements.font.value] ?? "var(--serif)";
  now.textContent = String(hue);
  sheet.replaceSync(`:root{--hue:${hue};--radius:${radius};--display:${face};--accent:light-dark(oklch(48% .13 ${hue}),oklch(80% .11 ${hue}));--accent-ink:light-dark(oklch(99% .006 ${hue}),oklch(19% .03 ${hue}));--tint:light-dark(oklch(95.2% .03 ${hue}),oklch(26.5% .04 ${hue}))}`);
}

form.addEventListener("input", (event) => { if (["hue", "radius", "font"].includes(event.target.name)) wear(); });
