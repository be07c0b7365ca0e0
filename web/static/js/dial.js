// Click-to-call: the operator's phone rings first, then the number is dialled.

import { post, say, words } from "./toast.js";

export function startDial() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".phone-dial");
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") {
      say(button.title, { bad: true });
      return;
    }
    button.classList.add("is-busy");
    say(words().calling);
    try {
      await post("/dial", { number: button.dataset.dial, pbx: button.dataset.pbx ?? "" });
    } catch (error) {
      say(error.message, { bad: true, seconds: 10 });
    } finally {
      button.classList.remove("is-busy");
    }
  });
}
