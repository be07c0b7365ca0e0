// The player's keys: space, arrows, comma and full stop, brackets, 1 2 3. Never while somebody types.
//
// By the key's place on the keyboard: on a Russian layout the same keys give other letters.

const TYPING = "input, textarea, select, [contenteditable], dialog";
const PRESSABLE = "button, a, summary, [role=button], [role=option]";

/** Run the matching action of `actions` (`KeyboardEvent.code`, with "Shift+" before it → function) for a key press that is meant for the player. */
export function listenForKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(TYPING)) return;
    if (event.code === "Space" && target.closest(PRESSABLE)) return;
    const action = actions[(event.shiftKey ? "Shift+" : "") + event.code];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
