// The demonstration's clock: shown in every tab, moved from any of them.
import { dayWords, toast, words } from "./net.js";

const ADDRESS = "/demo/clock";
const bar = document.getElementById("clock");
const progress = document.getElementById("clock-progress");
const buttons = [...bar.querySelectorAll("button[data-to]")];
let busy = false;

function show(state) {
  document.getElementById("clock-date").textContent = dayWords(state.day);
  document.getElementById("clock-time").textContent = state.time;
  const day = document.getElementById("clock-day");
  day.textContent = state.working ? words.demo_workday : words.demo_day_off;
  day.classList.toggle("off", !state.working);
  dispatchEvent(new CustomEvent("clock", { detail: state.day }));
  const walking = busy || state.part !== null;
  progress.hidden = !walking;
  if (state.part !== null) progress.value = Math.round(state.part * 100);
  buttons.forEach((button) => (button.disabled = walking));
}

async function look() {
  if (document.hidden) return;
  try {
    show(await (await fetch(ADDRESS, { cache: "no-store" })).json());
  } catch { /* the chat says when the connection is lost */ }
}

async function move(to) {
  busy = true;
  progress.value = 0;
  const looking = setInterval(look, 300);
  await look();
  let state = null;
  try {
    const response = await fetch(ADDRESS, { method: "POST", headers: { "X-Diaodu": "1", "Content-Type": "application/json" }, body: JSON.stringify({ to }) });
    state = await response.json();
    if (!response.ok) toast(words[state.wrong] || words.offline);
  } catch {
    toast(words.offline);
  }
  clearInterval(looking);
  busy = false;
  await look();
}

buttons.forEach((button) => button.addEventListener("click", () => move(button.dataset.to)));
document.addEventListener("visibilitychange", look);
setInterval(look, 4000);
look();
