// News of a person: a toast in the page that is looked at, a desktop notification when none is. Each is told once, however
// many tabs are open: whoever marks it first in the browser's storage tells it, the others hear so over a channel.

import { alertsAreOn } from "./alerts.js";
import { words } from "./toast.js";

const user = document.documentElement.dataset.user;
const MARK = `slovo-news-${user}`;
const STAYS_MS = 20000;
const LOUD = new Set(["reminder", "reminders_late", "task_woken", "snooze_over", "birthday", "date"]);
const channel = "BroadcastChannel" in window ? new BroadcastChannel("slovo-news") : null;
const seen = new Set(); // what this page has shown, or heard that another one did

// Storage may be forbidden; then this page remembers alone.
function marked() {
  try {
    return Number(localStorage.getItem(MARK) ?? 0);
  } catch {
    return 0;
  }
}

function mark(id) {
  try {
    if (id > marked()) localStorage.setItem(MARK, String(id));
  } catch {
    seen.add(id);
  }
}

function toast({ id, text, href }) {
  const line = document.createElement("div");
  line.className = "toast-line toast-news";
  line.dataset.toast = id;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", words().close);
  close.addEventListener("click", () => {
    line.remove();
    channel?.postMessage({ closed: id });
  });
  line.append(link, close);
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), STAYS_MS);
}

function notify({ id, text, href }) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const note = new Notification("Slovo", { body: text, tag: `slovo-news-${id}` });
  note.onclick = () => {
    focus();
    location.assign(href);
    note.close();
  };
}

// The first to hold the lock tells; without locks (a page over plain http) the storage alone decides.
function firstOf(id, tell) {
  const attempt = () => {
    if (id <= marked()) return;
    mark(id);
    channel?.postMessage({ told: id });
    tell();
  };
  if (navigator.locks) navigator.locks.request("slovo-news", attempt);
  else attempt();
}

function look() {
  for (const element of document.querySelectorAll("#live-bell [data-news]")) {
    const news = { id: Number(element.dataset.news), text: element.textContent, href: element.dataset.href };
    if (seen.has(news.id)) continue;
    seen.add(news.id);
    firstOf(news.id, () => {
      if (document.hidden && alertsAreOn() && LOUD.has(element.dataset.kind)) notify(news);
      toast(news); // also in a hidden page: who comes back to it finds it for a while
    });
  }
}

export function startNews() {
  channel?.addEventListener("message", ({ data }) => {
    if (data.told) seen.add(data.told);
    if (data.closed) document.querySelector(`[data-toast="${data.closed}"]`)?.remove();
  });
  document.addEventListener("slovo:placed", look);
}
