// One's own state and others': pause, come back, ready, away. The page changes when the PBX has confirmed it.

import { post, say } from "./toast.js";

let target = "";

const sheet = () => document.getElementById("pause-sheet");

async function order(address, fields = {}) {
  try {
    await post(address, fields);
    return true;
  } catch (error) {
    say(error.message, { bad: true, seconds: 10 });
    return false;
  }
}

function openSheet(button) {
  target = button.dataset.pauseAgent;
  const title = document.getElementById("pause-title");
  title.textContent = target ? title.dataset.other.replace("{who}", button.dataset.pauseName) : title.dataset.own;
  document.getElementById("pause-away").hidden = Boolean(target);
  const typed = document.getElementById("pause-text");
  if (typed) typed.value = "";
  sheet().showModal();
}

async function pause(reason) {
  sheet().close();
  await order(target ? `/agents/${target}/pause` : "/agent/pause", { reason });
}

async function goAway() {
  const reason = document.getElementById("pause-text")?.value ?? "";
  sheet().close();
  await order("/agent/away", { away: "1", reason });
}

// 1 to 9 choose a reason, as long as nothing is being typed.
function chooseByDigit(event) {
  if (event.target.matches("input") || event.ctrlKey || event.altKey || event.metaKey) return;
  const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
  const button = digit && sheet().querySelectorAll(".pause-reasons button")[digit - 1];
  if (button) {
    event.preventDefault();
    button.click();
  }
}

async function clicked(event) {
  const opener = event.target.closest("[data-pause-agent]");
  if (opener) return openSheet(opener);
  const button = event.target.closest("[data-agent]");
  if (!button || button.disabled) return undefined;
  button.disabled = true;
  const away = button.dataset.agentAway;
  await order(button.dataset.agent, away === undefined ? {} : { away });
  button.disabled = false;
  return undefined;
}

// "p" and "w": the button of one's own state that this key stands for now.
export function pressOwn(key) {
  const button = document.querySelector(`#live-own-state [data-agent-key="${key}"]`);
  button?.click();
  return Boolean(button);
}

export function startAgent() {
  if (!sheet()) return;
  document.addEventListener("click", clicked);
  document.getElementById("pause-form").addEventListener("submit", (event) => {
    event.preventDefault();
    pause(document.getElementById("pause-text")?.value ?? "");
  });
  document.querySelector(".pause-reasons").addEventListener("click", (event) => {
    const button = event.target.closest("[data-reason]");
    if (button) pause(button.dataset.reason);
  });
  document.getElementById("pause-away").addEventListener("click", goAway);
  sheet().addEventListener("keydown", chooseByDigit);
}
