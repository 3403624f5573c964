// What is read moves to the token that reads it, once, when the step changes; not for readers who asked for less motion (page.css).
import { make } from "./dom.js";

const MOST = 24;  // dots at once

// -> takes note of the cursor's step; whether it has changed since, by other means than the pointer.
export function stepWatch() {
  let before = null;
  return ({ pointed, cursor }) => {
    const changed = !pointed && before !== null && before !== cursor.step;
    if (!pointed) before = cursor.step;
    return changed;
  };
}

// paths: [path from what is read to the token, share of the greatest weight]. The dots are no part of a saved drawing.
export const moving = paths => paths.slice(0, MOST).map(([d, share]) => make("circle", { class: "moving", "data-screen": "", r: 2 + 3 * Math.sqrt(share), style: `offset-path: path("${d}")` }));
