// Talking with the server, and what it told the page at the start.
export const settings = JSON.parse(document.getElementById("settings").textContent);
export const words = settings.words;

export class Refused extends Error {
  constructor(status, answer) {
    super(words[answer.wrong] || words.offline);
    this.status = status;
    this.answer = answer;
  }
}

// 128 bits of chance; the browser's own way of making one is not there on plain http.
export function identifier() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

export async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "X-Diaodu": "1", "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 30000);
  let response;
  try {
    response = await fetch((settings.base || "") + path, { ...options, cache: "no-store", signal: patience.signal });
  } catch {
    throw new Error(words.offline);
  } finally {
    clearTimeout(timer);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401) location.reload();
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

// Sends one file's bytes; tells how far it is, from 0 to 1. Resolves to its ref.
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", (settings.base || "") + "/api/upload");
    request.setRequestHeader("X-Diaodu", "1");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => (request.status === 200 ? resolve(request.response.ref) : reject(new Refused(request.status, request.status === 413 ? { wrong: "too_large" } : request.response || {})));
    request.onerror = () => reject(new Error(words.upload_failed));
    request.send(file);
  });
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// A day in the reader's words: 11月23日 周一, Mon, Nov 23.
export function dayWords(day, options = {}) {
  const named = (wanted) => new Intl.DateTimeFormat(settings.locale, { ...wanted, timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));
  const date = { ...options, month: "short", day: "numeric" };
  return settings.locale.startsWith("zh") ? `${named(date)} ${named({ weekday: "short" })}` : named({ ...date, weekday: "short" });
}

let fading;
export function toast(text) {
  if (!text) return;
  const place = document.getElementById("toast");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("shown"), Math.max(2500, text.length * 120));
}
