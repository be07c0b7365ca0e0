// The selection in the player: drawn on the waveform and with the keys [ and ], played, linked to, saved as a clip.
//
// What is selected is `selection.js`; here it is shown as a region, and a region drawn by hand becomes the selection.

import { current, selectTime } from "./selection.js";
import { tenths } from "./player_time.js";

function addressAt(seconds) {
  const address = new URL(location.href);
  address.searchParams.set("t", tenths(seconds));
  address.hash = "";
  return address.href;
}

class Stretch {
  constructor(controls, regions, colour) {
    this.controls = controls;
    this.regions = regions;
    this.colour = colour;
    this.loopButton = controls.root.querySelector("[data-player-loop]");
    this.stopAt = null;
    this.loops = false;
    this.drawing = false;
  }

  startAt(time) {
    const end = current()?.endS;
    selectTime(time, end > time ? end : time + 5);
  }

  endAt(time) {
    const start = current()?.startS;
    selectTime(start < time ? start : Math.max(0, time - 5), time);
  }

  show(selection) {
    this.stopAt = selection && this.loops && !this.controls.audio.paused ? selection.endS : null;
    this.drawing = true;
    this.regions?.clearRegions();
    if (selection) {
      const { startS: start, endS: end } = selection;
      this.regions?.addRegion({ start, end, color: this.colour("--wave-selection"), drag: true, resize: true });
    }
    this.drawing = false;
  }

  play() {
    const selection = current();
    if (!selection) return;
    this.stopAt = selection.endS;
    this.controls.seek(selection.startS);
    this.controls.play();
  }

  /** Play what is selected again and again; without a selection it begins with the next one. */
  toggleLoop() {
    this.loops = !this.loops;
    this.loopButton.setAttribute("aria-pressed", String(this.loops));
    if (this.loops) this.play();
  }

  async copyLink() {
    const status = this.controls.status;
    const address = addressAt(current()?.startS ?? this.controls.time);
    try {
      await navigator.clipboard.writeText(address);
      status.textContent = status.dataset.copied;
    } catch {
      // No clipboard on a page without TLS: the address is shown to be copied by hand.
      status.textContent = address;
    }
  }

  watchEnd(time) {
    if (this.stopAt === null || time < this.stopAt) return;
    const selection = current();
    if (this.loops && selection) {
      this.controls.seek(selection.startS);
      return;
    }
    this.stopAt = null;
    this.controls.pause();
  }
}

function fill(form, { startS, endS }, side) {
  form.elements.namedItem("start_s").value = startS.toFixed(2);
  form.elements.namedItem("end_s").value = endS.toFixed(2);
  form.elements.namedItem("side").value = side;
}

/** Send the clip form by hand, so that a refusal is shown on this page instead of replacing it. */
async function saveClip(form, controls) {
  const { status, root } = controls;
  fill(form, current(), root.dataset.side);
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  if (!answer.ok) {
    const { error } = await answer.json().catch(() => ({}));
    status.textContent = [error?.title, error?.text].filter(Boolean).join(". ") || status.dataset.clipFailed;
    return;
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "clip";
  const address = URL.createObjectURL(await answer.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
  status.textContent = status.dataset.clipSaved;
}

/** Wire the waveform and the toolbar's own buttons to the selection. */
export function attachSelection(controls, regions, colour) {
  const stretch = new Stretch(controls, regions, colour);
  document.addEventListener("slovo:selection", (event) => stretch.show(event.detail));
  stretch.loopButton.addEventListener("click", () => stretch.toggleLoop());
  document.querySelector("[data-selection-play]")?.addEventListener("click", () => stretch.play());
  for (const button of controls.root.querySelectorAll("[data-player-link]")) {
    button.addEventListener("click", () => stretch.copyLink());
  }
  for (const form of document.querySelectorAll("[data-clip-form]")) {
    document.addEventListener("slovo:selection", ({ detail }) => detail && fill(form, detail, controls.root.dataset.side));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      saveClip(form, controls);
    });
  }
  controls.root.addEventListener("player:time", (event) => stretch.watchEnd(event.detail));
  regions?.enableDragSelection({ color: colour("--wave-selection") });
  regions?.on("region-updated", (region) => selectTime(region.start, region.end));
  regions?.on("region-created", (region) => {
    if (!stretch.drawing) selectTime(region.start, region.end);
  });
  return stretch;
}
