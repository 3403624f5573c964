// The address after #: everything that a reader chose, so that a link leads to what they see.

const chosen = new URLSearchParams(location.hash.replace(/^#/, ""));

export const wish = name => chosen.get(name);

// A wish that is a number from 0; null if there is none.
export const wishedNumber = name => /^\d{1,9}$/.test(wish(name) || "") ? Number(wish(name)) : null;

// Browsers write an address slowly, and refuse to do so too often: the first change is written soon, those after it together.
const PAUSE = 300;  // ms
let written = -PAUSE, timer = null, known = location.hash;

// Write choices into the address, beside those that stand there; null takes one out.
export function remember(choices) {
  for (const [name, value] of Object.entries(choices)) value === null ? chosen.delete(name) : chosen.set(name, value);
  if (timer === null) timer = setTimeout(write, Math.max(0, written + PAUSE - performance.now()));
}

function write() {
  clearTimeout(timer);
  timer = null;
  if (location.hash !== known) return;  // someone has changed it, and readers hear of that in a moment
  try { history.replaceState(null, "", `#${chosen}`); } catch { /* a page without a history, such as one in a frame */ }
  known = location.hash;
  written = performance.now();
}

addEventListener("pagehide", () => { if (timer !== null) write(); });

// Call `then` when someone changes the address by hand, or goes back.
export function onAddress(then) { readers.push(then); }

const readers = [];

addEventListener("hashchange", () => {
  known = location.hash;
  const now = new URLSearchParams(location.hash.replace(/^#/, ""));
  for (const name of [...chosen.keys()]) if (!now.has(name)) chosen.delete(name);
  for (const [name, value] of now) chosen.set(name, value);
  for (const then of readers) then();
});
