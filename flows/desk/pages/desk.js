"use strict";
// A form is sent once: its button rests until the next page is there.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) {
    setTimeout(() => { button.disabled = true; button.textContent += "……"; }, 0);
  }
});
window.addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
// The progress of a run as it goes; without script the page is refreshed by hand.
const progress = document.getElementById("progress");
if (progress && progress.dataset.running) {
  const source = new EventSource(progress.dataset.events);
  source.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    const list = progress.querySelector(".lines");
    list.replaceChildren(...state.lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }));
    if (state.ended) { source.close(); location.reload(); }
  });
}
