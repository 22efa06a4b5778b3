// The board stays as it is in the store: what has changed is fetched anew. A screen that lost its line says so, with the age of what it shows.
import { ask, settings } from "./net.js";

const FIRST = 1000;
const LONGEST = 30000;
const SILENCE = 40000; // the server's heart beats every 15 seconds
const sheet = document.getElementById("sheet");
const lost = document.getElementById("lost");
let mark = settings.mark;
let source, again, deaf, fetching;
let wait = FIRST;

const base = settings.base || "";

async function refresh() {
  if (fetching) return;
  fetching = true;
  try {
    const found = await ask(`/board/sheet${location.search}`);
    sheet.replaceChildren(...new DOMParser().parseFromString(found.html, "text/html").body.childNodes); // the server has escaped what people wrote
    mark = found.mark;
    lost.hidden = true;
  } catch (error) {
    if (error.status === 403) location.reload();
    else drop();
  } finally {
    fetching = false;
  }
}

function listen() {
  clearTimeout(deaf);
  deaf = setTimeout(drop, SILENCE);
}

function open() {
  if (document.hidden || source) return;
  clearTimeout(again);
  source = new EventSource(`${base}/board/live?since=${encodeURIComponent(mark)}`);
  const hear = (name, does) => source.addEventListener(name, () => (listen(), does()));
  source.addEventListener("open", () => {
    wait = FIRST;
    lost.hidden = true;
    listen();
  });
  hear("here", () => {});
  hear("beat", () => {});
  hear("changed", refresh);
  hear("bye", () => location.reload());
  source.addEventListener("error", drop);
  listen();
}

function rest() {
  clearTimeout(deaf);
  clearTimeout(again);
  source?.close();
  source = null;
}

function drop() {
  rest();
  document.getElementById("lost-since").textContent = (document.getElementById("as-of")?.textContent || "").replace(/^\D+/, "");
  lost.hidden = false;
  if (document.hidden) return;
  if (wait > FIRST) fetch(`${base}/board/sheet`, { cache: "no-store" }).then((answer) => answer.status === 401 && location.reload(), () => {});
  again = setTimeout(open, wait * (0.75 + Math.random() / 2));
  wait = Math.min(LONGEST, wait * 2);
}

document.addEventListener("visibilitychange", () => (document.hidden ? rest() : open()));
addEventListener("online", open);
addEventListener("pagehide", rest);
addEventListener("pageshow", open);
document.getElementById("picked").addEventListener("change", (event) => {
  const sheet = event.currentTarget.elements.sheet; // another unit or light begins with its first sheet
  if (sheet && event.target !== sheet) sheet.disabled = true;
  event.currentTarget.submit();
});
document.getElementById("print").addEventListener("click", () => print());
document.getElementById("leave")?.addEventListener("click", async () => {
  await ask("/board/api/logout", {}).catch(() => {});
  location.reload();
});
open();
