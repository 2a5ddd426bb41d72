/* Saves an area's answers quietly while they are written. Without it the buttons save; with it a dropped line loses nothing: what the
   server does not have yet is kept on the device and sent again, and saying the same thing twice changes nothing there. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-saves-quietly]");
  if (!form) return;
  const line = form.querySelector("[data-save-state]");
  const place = `baraza.needs:${location.pathname}`;
  const AFTER = 700, PATIENCE = 20000, LONGEST = 30000;
  let timer = 0, wait = 2000, sending = false, changed = false, stopped = false;

  const written = () => new URLSearchParams(new FormData(form)).toString();
  const shelf = {
    put(text) { try { localStorage.setItem(place, text); } catch { /* full, or not allowed */ } },
    get() { try { return localStorage.getItem(place); } catch { return null; } },
    clear() { try { localStorage.removeItem(place); } catch { /* nothing was kept */ } },
  };

  function tell(state) {
    line.textContent = form.dataset[state];
    line.dataset.state = state;
  }

  function restore(kept) {
    const fields = new URLSearchParams(kept);
    for (const element of form.elements) {
      if (!element.name || element.name === "csrf_token" || element.name === "go") continue;
      if (element.type === "radio" || element.type === "checkbox") element.checked = fields.getAll(element.name).includes(element.value);
      else if (fields.has(element.name)) element.value = fields.get(element.name);
    }
  }

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  async function save() {
    if (stopped || sending) return;
    sending = true;
    changed = false;
    const body = written();
    tell("saving");
    const control = new AbortController();
    const limit = setTimeout(() => control.abort(), PATIENCE);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, keepalive: true, signal: control.signal,
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
      const said = answer.ok ? await answer.json() : { state: "closed" };
      wait = 2000;
      if (said.state === "overtaken" || said.state === "closed") stopped = true;
      else {
        form.elements.version.value = said.version;
        if (!changed && said.state === "saved") shelf.clear();
      }
      tell(said.state);
    } catch {
      tell("offline");
      changed = true;
      later(wait);
      wait = Math.min(wait * 2, LONGEST);
    } finally {
      clearTimeout(limit);
      sending = false;
    }
    if (changed && !stopped && line.dataset.state !== "offline") later(AFTER);
  }

  form.addEventListener("input", () => {
    changed = true;
    shelf.put(written());
    later(AFTER);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); stopped = true; });
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  window.addEventListener("online", () => { if (changed) later(0); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && changed) save(); });

  const kept = shelf.get();
  if (kept && !form.querySelector(".error, .notice")) {
    const before = written();
    restore(kept);
    const differs = [...new URLSearchParams(before)].join("\n") !== [...new URLSearchParams(written())].join("\n");
    if (differs) { changed = true; tell("restored"); later(AFTER); } else shelf.clear();
  } else shelf.clear();
})();
