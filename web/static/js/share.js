// Sharing the selection by link: the dialogue with its terms, the address that is told once, and revoking.

import { clock } from "./player_time.js";
import { clear } from "./selection.js";
import { sendForm } from "./send_form.js";

const dialog = document.querySelector("[data-share-dialog]");
const form = dialog.querySelector("form");
const result = dialog.querySelector("[data-share-result]");

function open({ startS, endS, side }) {
  form.elements.namedItem("start_s").value = startS.toFixed(2);
  form.elements.namedItem("end_s").value = endS.toFixed(2);
  const sides = form.elements.namedItem("side");
  // Selected words are shared with what the other side said meanwhile: a clip without its answers misleads.
  if (sides) sides.value = document.querySelector("[data-player]").dataset.side ?? side;
  dialog.querySelector("[data-share-times]").textContent = `${clock(startS)} – ${clock(endS)}`;
  dialog.querySelector("[data-form-failure]").hidden = true;
  form.hidden = false;
  result.hidden = true;
  dialog.showModal();
}

function putPanel(fragment) {
  const panel = document.querySelector("#shared-clips");
  if (panel) panel.outerHTML = fragment;
}

async function share() {
  const fragment = await sendForm(form, dialog.dataset.failed);
  if (fragment === null) return;
  const fresh = new DOMParser().parseFromString(fragment, "text/html").querySelector("#shared-clips");
  dialog.querySelector("[data-share-address]").value = fresh.dataset.address;
  dialog.querySelector("[data-share-status]").textContent = "";
  form.hidden = true;
  result.hidden = false;
  dialog.querySelector("[data-share-copy]").focus();
  putPanel(fragment);
  clear();
}

async function copy() {
  const address = dialog.querySelector("[data-share-address]");
  address.select();
  try {
    await navigator.clipboard.writeText(address.value);
    dialog.querySelector("[data-share-status]").textContent = dialog.dataset.copied;
  } catch {
    // No clipboard on a page without TLS: the address is selected, to be copied by hand.
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  share();
});
for (const button of dialog.querySelectorAll("[data-dialog-close]")) button.addEventListener("click", () => dialog.close());
dialog.querySelector("[data-share-copy]").addEventListener("click", copy);
document.addEventListener("slovo:tool", (event) => {
  if (event.detail.name === "share") open(event.detail.selection);
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-clip-revoke]")) return;
  event.preventDefault();
  const fragment = await sendForm(event.target, "");
  if (fragment === null) location.reload();
  else putPanel(fragment);
});
