// The calendar: tasks are dragged between days, or moved by "m" and the button beside them (keyboard, telephones).

import Sortable from "../vendor/sortable/sortable.esm.js";
import { post, say } from "./toast.js";

const sheet = document.getElementById("move-task");
const form = sheet.querySelector("form");

async function dropped({ item, from, to, oldIndex }) {
  if (from === to) return;
  try {
    await post(`/tasks/${item.dataset.task}/move`, { day: to.dataset.day }, { headers: { "x-requested-with": "fetch" } });
  } catch (error) {
    from.insertBefore(item, from.children[oldIndex] ?? null);
    say(error.message, { bad: true });
  }
}

function prepare() {
  for (const list of document.querySelectorAll("[data-day]")) {
    if (!Sortable.get(list)) {
      Sortable.create(list, { group: "days", animation: 120, delay: 150, delayOnTouchOnly: true, filter: "[data-move]", preventOnFilter: false, onEnd: dropped });
    }
  }
}

function ask(task) {
  form.action = `/tasks/${task.dataset.task}/move`;
  form.querySelector("[data-move-name]").textContent = task.querySelector("a").title;
  form.querySelector("[name=day]").value = task.closest("[data-day]").dataset.day;
  form.querySelector("[name=clock]").value = task.dataset.clock;
  sheet.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (button) ask(button.closest("[data-task]"));
  if (event.target.closest("[data-close-sheet]")) sheet.close();
});
document.addEventListener("keydown", (event) => {
  const task = event.target.closest?.("[data-day] [data-task]");
  const isMove = event.code === "KeyM" && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (task && isMove && !sheet.open) {
    event.preventDefault();
    ask(task);
  }
});
document.addEventListener("htmx:after:swap", prepare);
prepare();
