// Hiding the selection for good: the dialogue that says what it is and asks once more.
//
// In: "slovo:tool" (redact) with the selection. Out: a form to the server, which masks the words and silences the sound.

import { clock } from "./player_time.js";

const dialog = document.querySelector("[data-redact-dialog]");
const form = dialog.querySelector("form");

function open({ recordingId, startS, endS, utteranceId, wordFrom, wordTo }) {
  const values = { recording_id: recordingId, from_s: startS.toFixed(3), to_s: endS.toFixed(3) };
  Object.assign(values, { utterance_id: utteranceId, word_from: wordFrom, word_to: wordTo });
  for (const [name, value] of Object.entries(values)) form.elements.namedItem(name).value = value ?? "";
  dialog.querySelector("[data-redact-times]").textContent = `${clock(startS)} – ${clock(endS)}`;
  dialog.showModal();
}

document.addEventListener("slovo:tool", ({ detail }) => {
  if (detail.name === "redact" && detail.selection) open(detail.selection);
});
for (const button of dialog.querySelectorAll("[data-dialog-close]")) button.addEventListener("click", () => dialog.close());
