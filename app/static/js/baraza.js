/* What the browser adds where JavaScript runs; every page works without it. No dependency; htmx swaps are taken up as they come. */
(() => {
  "use strict";
  const root = document.documentElement;

  /* A cookie, not local storage: the server then draws the first page in the right theme. */
  const themeOf = () => root.dataset.theme || "auto";
  function chooseTheme(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    const age = theme === "auto" ? 0 : 31536000;
    document.cookie = `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
    markTheme();
  }
  function markTheme() {
    for (const button of document.querySelectorAll("[data-choose-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.chooseTheme === themeOf()));
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    const words = button.querySelector("[aria-live]");
    const before = words.textContent;
    if (before === button.dataset.copied) return;
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 2500);
  }

  /* A disclosure that asks "are you sure?" becomes a modal dialog; the browser keeps the focus inside and gives it back. */
  function openDialog(details) {
    let dialog = details.dialog;
    if (!dialog) {
      const box = details.querySelector(".confirm-box");
      dialog = details.dialog = document.createElement("dialog");
      dialog.setAttribute("aria-labelledby", `${box.id}-title`);
      for (const button of box.querySelectorAll("[data-close]")) button.hidden = false;
      dialog.append(box);
      details.after(dialog);
    }
    dialog.showModal();
  }

  function prepare(part) {
    for (const element of part.querySelectorAll("[data-copy], [data-theme-switch]")) element.hidden = false;
    for (const input of part.querySelectorAll("input[data-timezone]"))
      input.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    const summary = part.querySelector("[data-focus]");
    if (summary) { summary.removeAttribute("data-focus"); summary.focus(); }
    markTheme();
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-copy], [data-choose-theme], [data-close], [data-dialog] > summary, .error-summary a");
    for (const drop of document.querySelectorAll("details.drop[open]"))
      if (!drop.contains(event.target)) drop.open = false;
    if (!target) return;
    if (target.dataset.copy) copy(target);
    else if (target.dataset.chooseTheme) chooseTheme(target.dataset.chooseTheme);
    else if ("close" in target.dataset) target.closest("dialog").close();
    else if (target.matches("summary")) { event.preventDefault(); openDialog(target.parentElement); }
    else {
      const field = document.getElementById(decodeURIComponent(target.hash.slice(1)));
      for (let part = field?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
      if (field) { event.preventDefault(); (field.closest(".field") || field).scrollIntoView(); field.focus({ preventScroll: true }); }
    }
  });

  document.addEventListener("keydown", (event) => {
    const drop = event.key === "Escape" && document.activeElement.closest("details.drop[open]");
    if (drop) { drop.open = false; drop.querySelector("summary").focus(); }
  });

  document.addEventListener("htmx:after:process", () => prepare(document));
  prepare(document);
})();
