// Finding one of many people by name or unit.
const search = document.getElementById("search");
const people = [...document.querySelectorAll("#others li")];

search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  people.forEach((one) => (one.hidden = !one.dataset.words.toLowerCase().includes(wanted)));
  document.getElementById("nobody").hidden = people.some((one) => !one.hidden);
});
