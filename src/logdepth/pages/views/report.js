// A written page: its theme, the run that is embedded in it, the rounds of a protocol; each only where the page has it.
import { lookInside } from "./lookinside.js";
import { rounds } from "./rounds.js";
import { start as followTheme } from "./theme.js";

export function start() {
  const data = JSON.parse(document.getElementById("data").textContent), run = document.getElementById("run-figures"), machines = document.getElementById("rounds-figures");
  followTheme();
  if (run) lookInside(run, data);
  if (machines && data.rounds) rounds(machines, data.rounds);
}
