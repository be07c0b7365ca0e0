// Everything that every page does.

import { startAgent } from "./agent.js";
import { startAlerts } from "./alerts.js";
import { startDial } from "./dial.js";
import { startFind } from "./find.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startNotes } from "./notes.js";
import { startNews } from "./reminders.js";
import { errorText, say } from "./toast.js";

startLive();
startAlerts();
startNews();
startNotes();
startDial();
startFind();
startAgent();
startKeys();

// An answer that htmx does not put into the page: tell it in words.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx?.response && ctx.response.status >= 400) say(errorText(ctx.text ?? ""), { bad: true });
});
document.addEventListener("htmx:error", () => say(document.getElementById("words").dataset.noServer, { bad: true }));
