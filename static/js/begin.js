// The first message to somebody: its files are pasted, dropped and watched as in a room; the form goes the way of every form.

import { enclosing } from "./enclosing.js";

const form = document.querySelector("form[data-verb='direct.written']");
const files = enclosing({ form, box: form.elements.body, name: `files:begin:${form.elements.to.value}`, renew: async () => false });
form.addEventListener("submit", (event) => { if (files.stops()) event.preventDefault(); });
