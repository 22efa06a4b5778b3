// What a person writes and attaches. Files go up at once, each with its progress; the message waits for them.
import { element, toast, upload, words } from "./net.js";

const LARGEST = 20_000_000;
const LONGEST = 4000;
const MOST = 9;
const form = document.getElementById("composer");
const text = document.getElementById("text");
const send = document.getElementById("send");
const attach = document.getElementById("attach");
const list = document.getElementById("attached");
const quote = document.getElementById("quote");
let attached = [];
let answered = "";
let sending = false;

export function composer(say) {
  const submit = async () => {
    const typed = text.value.trim();
    if (sending || (!typed && !attached.length) || attached.some((one) => one.failed)) return;
    if (typed.length > LONGEST) {
      toast(words.too_long);
      return;
    }
    sending = true;
    refresh();
    try {
      const files = await Promise.all(attached.map(async (one) => ({ ref: await one.ref, name: one.file.name, preview: one.preview, size: one.file.size })));
      text.value = "";
      attached = [];
      const reply = answered;
      answering("", "");
      say(typed, files, reply);
    } catch (error) {
      toast(error.message);
    }
    sending = false;
    refresh();
    if (matchMedia("(hover: hover)").matches) text.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  text.addEventListener("input", refresh);
  document.getElementById("quote-drop").addEventListener("click", () => {
    answering("", "");
    text.focus();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  });
  for (const [button, input] of [["pick-photo", "photos"], ["pick-file", "files"]]) {
    const field = document.getElementById(input);
    document.getElementById(button).addEventListener("click", () => {
      attach.open = false;
      field.click();
    });
    field.addEventListener("change", () => {
      add(field.files);
      field.value = "";
    });
  }
  for (const input of ["photos", "files"]) add(document.getElementById(input).files);
  refresh();
}

// What is said next answers this line: shown above the words until they are sent.
export function answering(key, shown) {
  answered = key;
  quote.hidden = !key;
  document.getElementById("quote-text").textContent = shown;
  if (key) text.focus();
}

export function hint(words) {
  text.placeholder = words;
}

function add(files) {
  for (const file of files) {
    if (attached.length >= MOST) {
      toast(words.too_many_files);
      break;
    }
    if (file.size > LARGEST) toast(`${file.name}: ${words.too_large}`);
    else if (!file.size) toast(`${file.name}: ${words.empty_file}`);
    else attached.push(start({ file, preview: file.type.startsWith("image/") ? URL.createObjectURL(file) : "" }));
  }
  refresh();
}

function start(one) {
  one.failed = false;
  one.ref = upload(one.file, (part) => (one.bar.value = part));
  one.bar ??= element("progress", { max: 1, value: 0, "aria-label": words.waiting });
  one.ref.then(
    () => (one.bar.hidden = true),
    (error) => {
      one.failed = true;
      toast(error.message);
      refresh();
    },
  );
  return one;
}

function refresh() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
  send.disabled = sending || (!text.value.trim() && !attached.length) || attached.some((one) => one.failed);
  form.classList.toggle("busy", sending);
  list.hidden = !attached.length;
  list.replaceChildren(...attached.map(card));
}

function card(one) {
  const drop = () => {
    attached = attached.filter((other) => other !== one);
    refresh();
  };
  const retry = element("button", { type: "button", class: "retry", onclick: () => (start(one), refresh()) }, words.upload_failed);
  const shown = one.preview ? element("img", { src: one.preview, alt: one.file.name }) : element("span", { class: "file-name" }, one.file.name);
  return element("li", { class: one.failed ? "failed" : "" }, one.failed ? retry : shown, one.bar, element("button", { type: "button", class: "drop", "aria-label": `${words.remove} ${one.file.name}`, onclick: drop }, element("span", {}, "×")));
}
