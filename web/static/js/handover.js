// The hand-over page: choosing clients means "only these"; the dossier prints.

const choices = document.getElementById("handover-choices");
const what = document.querySelectorAll('input[name="what"]');

function follow() {
  const chosen = document.querySelector('input[name="what"]:checked');
  if (choices) choices.hidden = !chosen || chosen.value !== "chosen";
}

for (const one of what) one.addEventListener("change", follow);
follow();

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}
