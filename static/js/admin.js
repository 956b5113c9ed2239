// What stock admin pages leave unsaid for those who do not see them: names for controls that Django's scripts draw without one.

function nameTheUnnamed() {
  for (const box of document.querySelectorAll(".select2-selection[role=combobox]")) {
    const select = box.closest(".related-widget-wrapper, .flex-container, div")?.querySelector("select");
    const label = select && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    if (!label) continue;
    label.id ||= `${select.id}_label`;
    const shown = box.querySelector(".select2-selection__rendered");
    shown?.setAttribute("aria-labelledby", label.id);
    box.setAttribute("aria-labelledby", `${label.id} ${shown?.id ?? ""}`.trim());
  }
  for (const field of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    field.setAttribute("aria-label", document.title.split(" · ")[0]);
  }
}

// On a narrow page the filters would stand before the list: those that filter nothing start folded.
if (matchMedia("(max-width: 63.99rem)").matches) {
  for (const filter of document.querySelectorAll("details[data-folds]")) filter.open = false;
}

new MutationObserver(nameTheUnnamed).observe(document.body, { childList: true, subtree: true });
nameTheUnnamed();
