// Light and dark: as the reader's system says, or as the address or the button say.
import { remember, wish } from "./address.js";

const root = document.documentElement;

function choose(dark) {
  root.classList.toggle("dark", dark);
  root.classList.toggle("light", !dark);
}

const isDark = () => root.classList.contains("dark") || (!root.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);

export function start() {
  if (wish("theme")) choose(wish("theme") === "dark");
  const switcher = document.getElementById("theme");
  if (switcher) switcher.addEventListener("click", () => {
    const dark = !isDark();
    choose(dark);
    remember({ theme: dark ? "dark" : "light" });
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(details => { details.open = true; }));
}
