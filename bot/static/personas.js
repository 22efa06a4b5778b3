// Whose phone has something new, and finding one of many people by name or unit.
import { words } from "./net.js";

const search = document.getElementById("search");
const people = [...document.querySelectorAll("#others li")];
let asking = false;

search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  people.forEach((one) => (one.hidden = !one.dataset.words.toLowerCase().includes(wanted)));
  document.getElementById("nobody").hidden = people.some((one) => !one.hidden);
});

async function look() {
  if (asking) return;
  asking = true;
  try {
    const unread = await (await fetch("/demo/unread", { cache: "no-store" })).json();
    for (const badge of document.querySelectorAll(".badge")) {
      const count = unread[badge.closest("a").getAttribute("href")] || 0;
      badge.hidden = !count;
      badge.textContent = count > 99 ? "99+" : String(count);
      badge.setAttribute("aria-label", `${count} ${words.unread}`);
    }
  } catch { /* asked again with the next look at the clock */ }
  asking = false;
}

addEventListener("clock", look);
