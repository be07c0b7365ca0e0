// Short messages at the edge of the page, and the words of the page's language.

export const words = () => document.getElementById("words").dataset;

export function say(text, { bad = false, seconds = 6 } = {}) {
  if (!text) return;
  const line = document.createElement("div");
  line.className = bad ? "toast-line is-bad" : "toast-line";
  line.textContent = text;
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), seconds * 1000);
}

// What the server says about an error, in words; its JSON is {"error": {"title", "text", …}}.
export function errorText(body) {
  try {
    const { error } = JSON.parse(body);
    return error.text && error.text !== error.title ? `${error.title}. ${error.text}` : error.title;
  } catch {
    return words().noServer;
  }
}

// A form post of our own scripts. Returns the text of the answer; throws an Error with words a person can use.
export async function post(address, fields = {}, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), ...options });
  } catch {
    throw new Error(words().noServer);
  }
  const body = await answer.text();
  if (answer.status === 401) location.assign("/login");
  if (!answer.ok) throw Object.assign(new Error(errorText(body)), { status: answer.status });
  return body;
}
