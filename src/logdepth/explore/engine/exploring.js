// The page of the explorer: the engine, opened on what Python wrote, with the desk on it.
import { desk } from "../../pages/views/desk.js";
import { start as followTheme } from "../../pages/views/theme.js";
import { open } from "./explorer.js";
import { listenToHost } from "./host.js";

export async function start() {
  const page = JSON.parse(document.getElementById("data").textContent), host = listenToHost();
  followTheme();
  const opened = await desk(document.getElementById("explorer"), await open(page), { beside: page.beside ? compiledBeside(page.beside) : null, only: page.view, told: host.tell });
  host.follow(opened.ask);
}

// packed: from k to the compiled model of k hops. An input of a trained network is "k text", and one of these the text.
function compiledBeside(packed) {
  const opened = new Map();
  return async input => {
    const [, k, text] = input.match(/^\s*(\d+)\s+(.*)$/s), number = Number(k);
    if (!packed[number]) return null;
    if (!opened.has(number)) opened.set(number, await open({ packed: packed[number] }));
    return { name: `Compiled, for k = ${number}`, explorer: opened.get(number), input: text.trimEnd() };
  };
}
