// The door: a code in, the bot's own words out where it does not fit.
import { ask, settings, words } from "./net.js";

const form = document.getElementById("login");
const code = document.getElementById("code");
const wrong = document.getElementById("code-wrong");
const button = form.querySelector("button");

code.value = new URLSearchParams(location.search).get("code") || "";
code.addEventListener("input", () => {
  wrong.textContent = "";
  code.removeAttribute("aria-invalid");
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!code.value.trim()) return code.focus();
  button.disabled = true;
  button.textContent = words.logging_in;
  try {
    await ask("/api/login", { code: code.value });
    location.replace(settings.next);
    return;
  } catch (error) {
    const said = error.answer?.said;
    wrong.textContent = said ? said.map(([text]) => text).join("") : error.message;
    code.setAttribute("aria-invalid", "true");
    code.focus();
  }
  button.disabled = false;
  button.textContent = words.log_in;
});
