// The address after #: everything that a reader chose, so that a link leads to what they see.

const chosen = new URLSearchParams(location.hash.replace(/^#/, ""));

export const wish = name => chosen.get(name);

// A wish that is a number from 0; null if there is none.
export const wishedNumber = name => /^\d{1,9}$/.test(wish(name) || "") ? Number(wish(name)) : null;

// Write choices into the address, beside those that stand there; null takes one out.
export function remember(choices) {
  for (const [name, value] of Object.entries(choices)) value === null ? chosen.delete(name) : chosen.set(name, value);
  try { history.replaceState(null, "", `#${chosen}`); } catch { /* a page without a history, such as one in a frame */ }
}

// Call `then` when someone changes the address by hand, or goes back.
export function onAddress(then) {
  addEventListener("hashchange", () => {
    const now = new URLSearchParams(location.hash.replace(/^#/, ""));
    for (const name of [...chosen.keys()]) if (!now.has(name)) chosen.delete(name);
    for (const [name, value] of now) chosen.set(name, value);
    then();
  });
}
