// A picture over the whole screen: tap to see every detail, tap again for the whole; back or Escape closes.
const dialog = document.getElementById("viewer");
const image = dialog.querySelector("img");

export function enlarge(address) {
  image.src = address;
  dialog.classList.remove("near");
  dialog.showModal();
  history.pushState({ picture: true }, "");
}

function close() {
  if (dialog.open) dialog.close();
}

dialog.addEventListener("close", () => {
  image.removeAttribute("src");
  if (history.state?.picture) history.back();
});
dialog.querySelector("button").addEventListener("click", close);
image.addEventListener("click", () => dialog.classList.toggle("near"));
dialog.querySelector(".viewer-stage").addEventListener("click", (event) => event.target === event.currentTarget && close());
addEventListener("popstate", close);
