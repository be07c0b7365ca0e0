// Sending a form of a dialogue by hand, so that a refusal is told in the dialogue instead of replacing the page.

/** Send; returns the fragment that the server answers, or null when it refused: then the form's failure line says why. */
export async function sendForm(form, failed, address = form.action) {
  const line = form.querySelector("[data-form-failure]");
  const say = (message) => {
    if (!line) return;
    line.textContent = message;
    line.hidden = !message;
  };
  const headers = { Accept: "text/html", "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  say(answer?.ok ? "" : (await refusal(answer)) || failed);
  return answer?.ok ? answer.text() : null;
}

async function refusal(answer) {
  if (!answer?.headers.get("Content-Type")?.includes("json")) return "";
  const { error } = await answer.json();
  return [error?.title, error?.text].filter(Boolean).join(". ");
}
