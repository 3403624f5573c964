// The page of the explorer: the engine, opened on what Python wrote, with the desk on it.
import { desk } from "../../pages/views/desk.js";
import { start as followTheme } from "../../pages/views/theme.js";
import { open } from "./explorer.js";

export async function start() {
  followTheme();
  await desk(document.getElementById("explorer"), await open(JSON.parse(document.getElementById("data").textContent)));
}
