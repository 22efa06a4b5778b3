// The chats of one person: what was said, what is new, what is unread.
import { answering, composer, hint } from "./composer.js";
import { dayName, draw, excerpt } from "./lines.js";
import { Live } from "./live.js";
import { ask, element, identifier, settings, toast, words } from "./net.js";

const place = document.getElementById("transcript");
const list = document.getElementById("lines");
const older = document.getElementById("older");
const empty = document.getElementById("empty");
const newest = document.getElementById("newest");
const tabs = document.getElementById("tabs");
const chats = new Map();
const recent = new Set();
const UNSENT = `unsent:${settings.base}:${settings.chat}`;
let open = settings.chat;
let today = "";
let live;
let reports = false;

// --- what is shown ---------------------------------------------------------------------------------------------------

// Whoever reads the newest stays with it, whatever grows or shrinks; whoever has scrolled up is left in peace.
let follow = true;
let lastTop = 0;
function toBottom() {
  const last = list.lastElementChild;
  const tall = last?.classList.contains("bot") && last.offsetHeight > place.clientHeight;
  place.scrollTop = tall ? last.offsetTop - place.offsetTop : place.scrollHeight; // a long message is read from its beginning
}
const stay = new ResizeObserver(() => follow && toBottom());
stay.observe(list);
stay.observe(place);
place.addEventListener("scroll", () => {
  const near = place.scrollHeight - place.scrollTop - place.clientHeight < 60;
  if (near) follow = true;
  else if (place.scrollTop < lastTop) follow = false;
  lastTop = place.scrollTop;
  newest.hidden = near;
  if (!near || !newest.classList.contains("fresh")) return;
  newest.classList.remove("fresh");
  seen(chats.get(open));
});

const same = (one, other) => JSON.stringify({ ...one, at: 0 }) === JSON.stringify({ ...other, at: 0 });

function put(line) {
  const known = list.querySelector(`[data-key="${CSS.escape(line.key)}"]`);
  const made = draw(line, { press, again, reply: (one) => answering(one.key, excerpt(one)), find: (key) => chats.get(line.chat)?.lines.get(key) });
  if (known && known.dataset.at === line.at) known.replaceWith(made);
  else {
    known?.remove();
    const later = [...list.children].find((one) => one.dataset.at > line.at);
    list.insertBefore(made, later || null);
  }
}

// Days between the lines; the buttons of the newest card stand out.
function tidy() {
  let day = "";
  let last = null;
  for (const item of list.children) {
    const mark = item.querySelector(".break");
    mark.hidden = item.dataset.day === day;
    mark.textContent = mark.hidden ? "" : dayName(item.dataset.day, today);
    day = item.dataset.day;
    item.classList.remove("current");
    if (item.classList.contains("bot")) last = item;
  }
  last?.classList.add("current");
  const chat = chats.get(open);
  older.hidden = !chat.more;
  empty.hidden = list.children.length > 0 || !chat.loaded;
  empty.querySelector("h2").textContent = chat.group ? words.group_empty : words.direct_empty;
  empty.querySelector("p").textContent = chat.group ? words.group_empty_more : reports ? words.reporter_empty_more : words.direct_empty_more;
}

async function show(name) {
  if (open !== name) answering("", "");
  open = name;
  const chat = chats.get(name);
  history.replaceState(history.state, "", chat.group ? `#${encodeURIComponent(name)}` : location.pathname);
  hint(chat.group ? words.group_hint : reports ? words.reporter_hint : words.message_hint);
  document.getElementById("shortcuts").hidden = chat.group;
  list.replaceChildren();
  if (!chat.loaded) await more(chat);
  if (open !== name) return;
  for (const line of [...chat.lines.values(), ...chat.unsent]) put(line);
  tidy();
  follow = true;
  toBottom();
  newest.classList.remove("fresh");
  seen(chat);
}

// A page of what was said before what is here.
async function more(chat) {
  const before = chat.lines.size ? `&before=${encodeURIComponent([...chat.lines.values()].reduce((least, line) => (line.at < least ? line.at : least), "9"))}` : "";
  const found = await ask(`/api/lines?chat=${encodeURIComponent(chat.chat)}${before}`);
  today = found.today;
  chat.more = found.more;
  chat.loaded = true;
  for (const line of found.lines) chat.lines.set(line.key, line);
  return found.lines;
}

let fetching = false;
new IntersectionObserver(async ([entry]) => {
  const chat = chats.get(open);
  if (!entry.isIntersecting || fetching || !chat?.more) return;
  fetching = true;
  try {
    const height = place.scrollHeight - place.scrollTop;
    const found = await more(chat);
    if (chat.chat === open) {
      found.forEach(put);
      tidy();
      place.scrollTop = place.scrollHeight - height;
    }
  } catch (error) {
    toast(error.message);
  }
  fetching = false;
}, { root: place, rootMargin: "200px" }).observe(older);

// --- what is new -----------------------------------------------------------------------------------------------------

function arrived({ lines, today: day }) {
  today = day;
  let fresh = false;
  for (const line of lines) {
    const chat = chats.get(line.chat);
    if (!chat) continue;
    const before = chat.lines.get(line.key);
    chat.lines.set(line.key, line);
    if (line.mine) {
      forget(chat, line.client);
    } else if (!before && !recent.has(line.key) && !line.edited) {
      chat.unread += 1;
      chat.news = true;
      fresh ||= line.chat === open;
    }
    if (line.chat === open && chat.loaded && !(before && same(before, line))) put(line);
  }
  tidy();
  if (fresh && !follow) newest.classList.add("fresh");
  if (follow && !document.hidden) seen(chats.get(open));
  count();
}

function forget(chat, client) {
  const at = chat.unsent.findIndex((one) => one.client === client);
  if (at < 0) return;
  list.querySelector(`[data-key="${CSS.escape(chat.unsent[at].key)}"]`)?.remove();
  chat.unsent.splice(at, 1);
  remember();
}

// What was read here is read on every device; told at most once in half a second.
function seen(chat) {
  chat.unread = 0;
  count();
  if (!chat.news || chat.telling) return;
  chat.telling = setTimeout(() => {
    chat.telling = null;
    chat.news = false;
    ask("/api/seen", { client: identifier(), chat: chat.chat }).catch(() => (chat.news = true));
  }, 500);
}

function count() {
  const all = [...chats.values()].reduce((sum, chat) => sum + chat.unread, 0);
  const name = settings.demo ? `${settings.name} · ${words.name}` : words.name;
  document.title = all ? `(${all}) ${name}` : name;
  if (navigator.setAppBadge) (all ? navigator.setAppBadge(all) : navigator.clearAppBadge()).catch(() => {});
  tabs.hidden = chats.size < 2;
  tabs.replaceChildren(...[...chats.values()].map((chat) => {
    const badge = chat.unread ? element("span", { class: "badge", "aria-label": `${chat.unread} ${words.unread}` }, chat.unread > 99 ? "99+" : String(chat.unread)) : null;
    return element("button", { type: "button", "aria-current": chat.chat === open ? "page" : false, onclick: () => show(chat.chat).catch((error) => toast(error.message)) }, element("span", { class: "tab-name" }, chat.title), badge);
  }));
}

// --- what is said ----------------------------------------------------------------------------------------------------

async function say(text, files, reply = "") {
  await ready;
  const chat = chats.get(open);
  const client = identifier();
  const photos = files.filter((file) => file.preview);
  const line = {
    key: `c${client}`, client, chat: open, mine: true, bot: false, pending: true, at: "9", day: today, time: "", name: "", copy: "", rows: [], reply,
    text: text ? [[text, false]] : [], pictures: photos.map((file) => file.preview), files: files.filter((file) => !file.preview).map((file) => ({ name: file.name, size: file.size, address: "" })),
    post: { client, chat: open, text, reply, files: files.map(({ ref, name }) => ({ ref, name })) },
  };
  chat.unsent.push(line);
  remember();
  put(line);
  tidy();
  follow = true;
  toBottom();
  return deliver(line);
}

async function deliver(line) {
  line.failed = false;
  line.pending = true;
  try {
    await ask("/api/say", line.post);
    line.delivered = true;
    live.open();
  } catch (error) {
    line.failed = true;
    toast(error.message);
    if (line.chat === open) put(line);
  }
}

const again = (line) => {
  put({ ...line, failed: false });
  return deliver(line);
};

// What was typed and did not go out survives a reload; its client id keeps it from arriving twice.
function remember() {
  const unsent = [...chats.values()].flatMap((chat) => chat.unsent).map((line) => ({ ...line, pictures: [] }));
  try {
    if (unsent.length) localStorage.setItem(UNSENT, JSON.stringify(unsent));
    else localStorage.removeItem(UNSENT);
  } catch { /* a browser that keeps nothing */ }
}

function recall() {
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(UNSENT) || "[]");
  } catch { /* a browser that keeps nothing */ }
  for (const line of kept) {
    const chat = chats.get(line.chat);
    if (!chat) continue;
    chat.unsent.push(line);
    deliver(line);
  }
}

async function press(line, button, pressed) {
  const keys = pressed.closest(".keyboard").querySelectorAll("button");
  keys.forEach((key) => (key.disabled = true));
  pressed.classList.add("waiting");
  try {
    const { toast: shown } = await ask("/api/press", { client: identifier(), chat: line.chat, key: line.key, token: button.token });
    toast(shown);
  } catch (error) {
    toast(error.message);
  }
  keys.forEach((key) => (key.disabled = false));
  pressed.classList.remove("waiting");
}

// --- the beginning ---------------------------------------------------------------------------------------------------

async function begin() {
  const found = await ask("/api/chats");
  today = found.today;
  reports = found.reports;
  for (const key of found.recent) recent.add(key);
  for (const chat of found.chats) chats.set(chat.chat, { ...chat, news: chat.unread > 0, lines: new Map(), unsent: [], loaded: false, more: false });
  const shortcut = ([word, label]) => element("button", { type: "button", onclick: () => say(word, []) }, label);
  document.getElementById("shortcuts").replaceChildren(...found.shortcuts.map(shortcut));
  const wanted = decodeURIComponent(location.hash.slice(1));
  open = chats.has(wanted) ? wanted : settings.chat;
  count();
  live ??= new Live(found.mark, {
    lines: arrived,
    state: (well) => (document.getElementById("connection").hidden = well),
    today: turned,
    check: () => ask("/api/chats").catch(() => {}),
    bye: () => location.reload(),
  });
  await show(open);
  recall();
  live.open();
}

// A new day: yesterday is no longer called today.
function turned(day) {
  if (day === today) return;
  today = day;
  tidy();
}

async function look() {
  if (!document.hidden) return;
  try {
    for (const { chat, unread } of (await ask("/api/chats")).chats) if (chats.has(chat)) chats.get(chat).unread = unread;
    count();
  } catch { /* the stream tells when the page is looked at again */ }
}

document.addEventListener("visibilitychange", () => !document.hidden && chats.get(open) && follow && seen(chats.get(open)));
setInterval(look, 60000);
newest.querySelector("span").textContent = words.newest;
newest.addEventListener("click", () => {
  follow = true;
  place.scrollTop = place.scrollHeight;
});
addEventListener("clock", (event) => today && turned(event.detail));
document.getElementById("log-out")?.addEventListener("click", async () => {
  await ask("/api/logout", {}).catch(() => {});
  location.reload();
});
// An open menu closes when something else is touched.
for (const name of ["click", "keydown"]) {
  document.addEventListener(name, (event) => {
    if (name === "keydown" && event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[open]")) if (name === "keydown" || !menu.contains(event.target)) menu.open = false;
  });
}
// The keyboard of a phone that does not resize the page: the composer stays above it.
function fit() {
  if (visualViewport && visualViewport.scale > 1.01) return;
  document.documentElement.style.setProperty("--height", `${visualViewport ? visualViewport.height : innerHeight}px`);
  scrollTo(0, 0);
}
(visualViewport || window).addEventListener("resize", fit);
fit();
composer(say);
const ready = (async () => {
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      toast(error.message);
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
})();
