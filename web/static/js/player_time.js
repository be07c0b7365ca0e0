// Times as people read them, and as links carry them.

/** Seconds as "0:07", "12:34" or "1:02:03". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds as "12.3", as in `?t=12.3`. */
export function tenths(seconds) {
  return (Math.round(seconds * 10) / 10).toFixed(1);
}

/** The position that the page's address asks for, in seconds, or null. */
export function askedPosition(address) {
  const value = Number.parseFloat(new URL(address).searchParams.get("t") ?? "");
  return Number.isFinite(value) && value >= 0 ? value : null;
}
