/* What each slider's goods are worth in money follows it, and thrift with them: the server has written every figure that can be. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-sliders]");
  if (!form) return;
  const steps = JSON.parse(form.dataset.sliders), thrift = form.elements.money;
  function follow() {
    for (const slider of form.querySelectorAll("input[type=range]")) {
      const worth = document.getElementById(`${slider.id}-worth`), worths = JSON.parse(worth.dataset.worths || "{}");
      const text = worths[slider.value - thrift.value];
      if (text) worth.textContent = text;
      slider.setAttribute("aria-valuetext", text ? `${steps[slider.value]}. ${text}` : steps[slider.value]);
    }
  }
  form.addEventListener("input", follow);
  follow();
})();
