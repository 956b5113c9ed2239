// A room that is shut: as soon as it is open to this person, the page comes anew.

import { listen } from "./live.js";

listen(document.querySelector("#door").dataset.topic, null, ({ kind }) => { if (kind === "joined") location.reload(); });
