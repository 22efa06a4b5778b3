// One line of a transcript as nodes. What people wrote goes in as text, never as HTML.
import { dayWords, element, toast, words } from "./net.js";
import { enlarge } from "./viewer.js";

const NUMBERS = /(\d[\d-]{9,}\d)/;
const HYPHENED = /(\d+(?:-\d+)+)/;
const HYPHENED_ONLY = /^\d+(-\d+)+$/;
const TELEPHONE = /^(1[3-9]\d{9}|0\d{2,3}-\d{7,8})$/;

export function dayName(day, today) {
  const at = (text) => Date.parse(`${text}T00:00:00Z`);
  const away = Math.round((at(today) - at(day)) / 86400000);
  const name = dayWords(day, day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" });
  return away === 0 ? `${words.today} · ${name}` : away === 1 ? `${words.yesterday} · ${name}` : name;
}

// Telephone numbers can be dialled; dates and the numbers of matters are not broken at their hyphen.
function marked(part) {
  if (TELEPHONE.test(part)) return [element("a", { href: `tel:${part}` }, part)];
  return part.split(HYPHENED).map((word) => (HYPHENED_ONLY.test(word) ? element("span", { class: "whole" }, word) : word));
}

// Pieces of (text, bold).
function pieces(text) {
  return text.flatMap(([piece, bold]) => {
    const parts = piece.split(NUMBERS).flatMap(marked);
    return bold ? [element("strong", {}, ...parts)] : parts;
  });
}

function size(bytes) {
  return bytes ? ` · ${bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`}` : "";
}

function pictures(addresses, mine) {
  const shown = addresses.map((address) => {
    const image = element("img", { src: address, alt: words.picture, loading: "lazy", decoding: "async" });
    return element("button", { type: "button", class: "picture", "aria-label": words.open_picture, onclick: () => enlarge(address) }, image);
  });
  if (!shown.length) return null;
  // Photos side by side; the pages of a drawing one after the other, to be leafed through.
  const kind = shown.length === 1 ? "one" : !mine ? "pages" : shown.length === 2 || shown.length === 4 ? "two" : "three";
  return element("div", { class: `pictures ${kind}` }, ...shown);
}

function files(found) {
  return found.map((file) => element("a", { class: "file", href: file.address, download: file.name }, element("span", { class: "file-name" }, file.name), element("span", { class: "file-size" }, size(file.size))));
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(words.copied);
  } catch {
    const field = element("textarea", { class: "aside", readonly: true }, text);
    document.body.append(field);
    field.select();
    toast(document.execCommand("copy") ? words.copied : words.copy_failed);
    field.remove();
  }
}

function copyBox(text) {
  if (!text) return null;
  return element("div", { class: "copy" }, element("pre", {}, text), element("button", { type: "button", onclick: () => copyText(text) }, words.copy));
}

// Rows of buttons: side by side where the labels fit a phone, else two and two.
function keyboard(line, press) {
  const rows = line.rows.filter((row) => row.length).map((row) => {
    const widths = row.map(({ label }) => [...label].reduce((width, letter) => width + (letter > "\u2e80" ? 16 : 9), 22));
    const even = widths.every((width) => width <= 54);
    const fits = widths.reduce((sum, width) => sum + width, 6 * row.length) <= 326;
    const buttons = row.map((button) => element("button", { type: "button", class: button.style, onclick: (event) => press(line, button, event.currentTarget) }, button.label));
    return element("div", { class: `row ${even ? "even" : fits ? "" : "pairs"}` }, ...buttons);
  });
  return rows.length ? element("div", { class: "keyboard" }, ...rows) : null;
}

// The beginning of a line, for whoever answers it.
export function excerpt(line) {
  const said = line.text.map(([piece]) => piece).join("").trim().split("\n")[0] || line.files[0]?.name || (line.pictures.length ? words.picture : "");
  return said.length > 60 ? `${said.slice(0, 60)}…` : said;
}

function quoted(line, find) {
  if (!line.reply) return null;
  const answered = find(line.reply);
  return element("p", { class: "quoted" }, answered ? excerpt(answered) : words.replied);
}

export function draw(line, { press, again, reply, find }) {
  const group = !line.mine && !line.bot;
  const state = line.failed
    ? element("button", { type: "button", class: "again", onclick: () => again(line) }, `${words.not_sent} · ${words.send_again}`)
    : element("span", { class: "time" }, line.pending ? words.sending : line.time);
  const bubble = element(
    "div",
    { class: "bubble" },
    group ? element("p", { class: "name" }, line.name) : null,
    quoted(line, find),
    pictures(line.pictures, !line.bot),
    ...files(line.files),
    line.text.length ? element("p", { class: "text" }, ...pieces(line.text)) : null,
    copyBox(line.copy),
    keyboard(line, press),
  );
  const answer = line.pending || line.failed ? null : element("button", { type: "button", class: "reply", onclick: () => reply(line) }, words.reply);
  const kind = line.mine ? "mine" : line.bot ? "bot" : "other";
  const made = element("li", { class: `line ${kind} ${line.pending ? "pending" : ""}`, "data-key": line.key, "data-at": line.at, "data-day": line.day }, element("p", { class: "break", hidden: true }), bubble, element("p", { class: "below" }, state, answer));
  return made;
}
