// A stretch of the recording: chosen on the waveform or with the keys [ and ], played, linked to, saved as a clip.

import { clock, tenths } from "./player_time.js";

const SHORTEST_S = 0.2;

function addressAt(seconds) {
  const address = new URL(location.href);
  address.searchParams.set("t", tenths(seconds));
  address.hash = "";
  return address.href;
}

class Selection {
  constructor(controls, regions, colour) {
    this.controls = controls;
    this.regions = regions;
    this.colour = colour;
    this.bar = controls.root.querySelector("[data-player-selection]");
    this.start_s = null;
    this.end_s = null;
    this.stopAt = null;
    this.drawing = false;
  }

  set(start, end) {
    this.start_s = Math.max(0, Math.min(start, end));
    this.end_s = Math.max(start, end, this.start_s + SHORTEST_S);
    this.draw();
    this.describe();
  }

  startAt(time) {
    this.set(time, this.end_s !== null && this.end_s > time ? this.end_s : time + 5);
  }

  endAt(time) {
    this.set(this.start_s !== null && this.start_s < time ? this.start_s : Math.max(0, time - 5), time);
  }

  draw() {
    this.drawing = true;
    this.regions?.clearRegions();
    this.regions?.addRegion({
      start: this.start_s,
      end: this.end_s,
      color: this.colour("--wave-selection"),
      drag: true,
      resize: true,
    });
    this.drawing = false;
  }

  describe() {
    this.bar.hidden = this.start_s === null;
    if (this.start_s === null) return;
    const length = tenths(this.end_s - this.start_s);
    this.bar.querySelector("[data-selection-times]").textContent =
      `${clock(this.start_s)} – ${clock(this.end_s)} (${length} ${this.bar.dataset.seconds})`;
    for (const form of this.bar.querySelectorAll("form")) {
      form.elements.namedItem("start_s").value = this.start_s.toFixed(2);
      form.elements.namedItem("end_s").value = this.end_s.toFixed(2);
      form.elements.namedItem("side").value = this.controls.root.dataset.side;
    }
  }

  clear() {
    this.start_s = this.end_s = this.stopAt = null;
    this.regions?.clearRegions();
    this.describe();
  }

  play() {
    this.stopAt = this.end_s;
    this.controls.seek(this.start_s);
    this.controls.play();
  }

  async copyLink() {
    const status = this.controls.status;
    const address = addressAt(this.start_s ?? this.controls.time);
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
    this.stopAt = null;
    this.controls.pause();
  }
}

/** Send the clip form by hand, so that a refusal is shown on this page instead of replacing it. */
async function saveClip(form, status) {
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

/** Wire the selection bar under the waveform; returns the selection. */
export function attachSelection(controls, regions, colour) {
  const selection = new Selection(controls, regions, colour);
  const { bar } = selection;
  bar.querySelector("[data-selection-play]").addEventListener("click", () => selection.play());
  bar.querySelector("[data-selection-clear]").addEventListener("click", () => selection.clear());
  for (const button of controls.root.querySelectorAll("[data-player-link]")) {
    button.addEventListener("click", () => selection.copyLink());
  }
  for (const form of bar.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      selection.describe();
      saveClip(form, controls.status);
    });
  }
  controls.root.addEventListener("player:time", (event) => selection.watchEnd(event.detail));
  regions?.enableDragSelection({ color: colour("--wave-selection") });
  regions?.on("region-updated", (region) => selection.set(region.start, region.end));
  regions?.on("region-created", (region) => {
    if (!selection.drawing) selection.set(region.start, region.end);
  });
  return selection;
}
