// The live page: numbered messages, lost connections, things that go on by themselves.
// htmx's hx-ws puts the fragments in place; this module watches it and puts the cards in place itself, which is quicker.

import { placeCards, startPops } from "./pops.js";

const LOG_IN_AGAIN = 4401;
const LOST_AFTER_MS = 1500;
let lostTimer = 0;

function connected(isConnected) {
  clearTimeout(lostTimer);
  const strip = document.getElementById("server-lost");
  if (isConnected) strip.hidden = true;
  // A moment of patience: a restart of the server is over before anybody could read the message.
  else lostTimer = setTimeout(() => { strip.hidden = false; }, LOST_AFTER_MS);
  document.documentElement.dataset.live = isConnected ? "yes" : "no";
}

function received(event) {
  const { connection, message } = event.detail;
  const { seq, kind, topics } = JSON.parse(message.data);
  if (kind !== "snapshot" && seq !== connection.slovoSeq + 1) {
    // Something is missing: begin again, the snapshot holds everything.
    event.preventDefault();
    connection.socket.close(); // without a code, so that htmx connects again
    return;
  }
  connection.slovoSeq = seq;
  connection.slovoTopics = topics;
}

// Cards do not wait until htmx has put in place what came before.
function cardsOf({ data }) {
  const { pops } = JSON.parse(data);
  if (pops) placeCards(pops);
}

function placed(event) {
  const topics = event.detail.connection.slovoTopics ?? [];
  for (const topic of topics) document.body.dispatchEvent(new CustomEvent(`slovo:${topic}`));
  document.dispatchEvent(new CustomEvent("slovo:placed"));
}

function tick() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time.ticking")) {
    const seconds = Math.max(0, Math.floor((now - Date.parse(element.dataset.since)) / 1000));
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (n) => String(n).padStart(2, "0");
    const text = h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
    if (element.textContent !== text) element.textContent = text;
  }
}

export function startLive() {
  document.addEventListener("htmx:ws:before:message:incoming", received);
  document.addEventListener("htmx:ws:after:message:incoming", placed);
  document.addEventListener("htmx:ws:after:connection", (event) => {
    event.detail.connection.socket.addEventListener("message", cardsOf);
    connected(true);
  });
  document.addEventListener("htmx:ws:close", (event) => {
    const { code, reason } = event.detail;
    if (code === LOG_IN_AGAIN) {
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    } else if (reason === "closed") connected(false);
  });
  addEventListener("pagehide", () => clearTimeout(lostTimer));
  startPops();
  document.addEventListener("slovo:placed", tick);
  setInterval(tick, 1000);
  tick();
}
