// The form of a task: only the fields of the chosen repetition are in sight. Without this script all of them are.

const form = document.getElementById("task-form");
const every = form.querySelector("#every");
const ends = form.querySelector("#ends");

function show() {
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(every.value);
  }
  for (const part of form.querySelectorAll("[data-ends]")) part.hidden = part.dataset.ends !== ends.value;
}

every.addEventListener("change", show);
ends.addEventListener("change", show);
show();
