/* Painting a year of availability: by mouse, thumb or keys. The page is a calendar to be read without it; what is painted goes out as
   one form, and stays on this device until the server has it. */
(() => {
  "use strict";
  const STALE = 14 * 86400e3;
  const keyOf = (person) => `baraza-year-${person}`;
  const forget = document.querySelector("[data-year-forget]");
  if (forget) localStorage.removeItem(keyOf(forget.dataset.yearForget));
  const form = document.querySelector("[data-year-form]");
  const year = document.querySelector("[data-year]");
  if (!form || !year) return;

  const words = JSON.parse(year.dataset.words), says = JSON.parse(year.dataset.says), key = keyOf(year.dataset.year);
  const cells = [...year.querySelectorAll("[data-d]")];
  const at = new Map(cells.map((cell, n) => [cell.dataset.d, n]));
  const status = form.querySelector("[data-year-status]"), undoButton = form.querySelector("[data-year-undo]");
  const save = form.querySelector("[data-year-save]"), count = form.querySelector("[data-year-count]");
  const ranged = form.querySelector("[data-year-range]");
  const day = new Intl.DateTimeFormat(year.dataset.lang, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const short = new Intl.DateTimeFormat(year.dataset.lang, { day: "numeric", month: "long", timeZone: "UTC" });
  const dateOf = (cell) => new Date(`${cell.dataset.d}T00:00Z`);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /* now: what is said of the day here; was: what the server said. Both are letters: n for nothing, u, i, p, a. */
  const was = cells.map((cell) => cell.dataset.s || "n");
  const now = [...was];
  const first = cells.map((cell) => cell.className.match(/mark-(\w)/)[1]);
  const undo = [];
  let focused = Math.max(0, cells.findIndex((cell) => !("over" in cell.dataset)));
  let anchor = null, stroke = null, before = null;

  const isOver = (n) => "over" in cells[n].dataset;
  const counts = (n) => {
    if ("y" in cells[n].dataset) return "u";
    if (now[n] === was[n]) return first[n];
    return now[n] === "n" ? cells[n].dataset.b || "n" : now[n] === "a" ? "n" : now[n];
  };
  function show(n) {
    const cell = cells[n], letter = counts(n);
    cell.className = cell.className.replace(/mark-\w/, `mark-${letter}`);
    cell.classList.toggle("unsaved", now[n] !== was[n]);
    cell.setAttribute("aria-label", [day.format(dateOf(cell)), isOver(n) ? says.over : words[letter], cell.dataset.h, "y" in cell.dataset && says.busy].filter(Boolean).join(", "));
  }
  const brush = () => form.elements.brush.value;
  /* "I can" on a day that nothing speaks against says nothing: the day is free by itself. */
  const letterFor = (n) => (brush() === "a" && !cells[n].dataset.b ? "n" : brush());

  function put(n, letter) {
    if (isOver(n) || now[n] === letter) return;
    if (!stroke.has(n)) stroke.set(n, now[n]);
    now[n] = letter;
    show(n);
  }
  function begin() { stroke = new Map(); }
  function takeBack(changes) { for (const [n, letter] of changes) { now[n] = letter; show(n); } }
  function range(from, to) { for (let n = Math.min(from, to); n <= Math.max(from, to); n++) put(n, letterFor(n)); }
  function end() {
    if (stroke && stroke.size) {
      undo.push(stroke);
      const painted = [...stroke.keys()].sort((a, b) => a - b), low = painted[0], high = painted[painted.length - 1];
      const days = low === high ? day.format(dateOf(cells[low])) : short.formatRange(dateOf(cells[low]), dateOf(cells[high]));
      tell(fill(says.painted, { days, what: words[brush()] }));
    }
    stroke = before = null;
    refresh();
  }
  const unsaved = () => now.map((letter, n) => n).filter((n) => now[n] !== was[n]);
  function refresh() {
    const open = unsaved();
    undoButton.disabled = !undo.length;
    save.disabled = !open.length;
    count.textContent = open.length ? ` (${open.length})` : "";
    count.title = open.length ? says.unsaved : "";
    remember(open);
  }
  const tell = (text) => { status.textContent = text; };

  /* -- kept on this device until it is saved */
  function stored() {
    try {
      const kept = JSON.parse(localStorage.getItem(key)) || { days: {} };
      return Date.now() - kept.at < STALE ? kept.days : {};
    } catch { return {}; }
  }
  function remember(open) {
    const days = stored();
    for (const cell of cells) delete days[cell.dataset.d];
    for (const n of open) days[cells[n].dataset.d] = now[n];
    try {
      if (Object.keys(days).length) localStorage.setItem(key, JSON.stringify({ at: Date.now(), days }));
      else localStorage.removeItem(key);
    } catch { /* a browser that keeps nothing: the page still does */ }
  }
  function restore() {
    begin();
    for (const [date, letter] of Object.entries(stored())) if (at.has(date)) put(at.get(date), letter);
    const found = stroke.size;
    if (found) { undo.push(stroke); tell(says.restored); }
    stroke = null;
  }

  /* -- saving: runs of days with what was said and what is said now */
  function strokes() {
    const runs = [];
    for (const n of unsaved()) {
      const pair = was[n] + now[n], last = runs[runs.length - 1];
      if (last && last.end === n - 1 && last.pair === pair) last.end = n;
      else runs.push({ begin: n, end: n, pair });
    }
    return runs.map((run) => `${cells[run.begin].dataset.d}*${run.end - run.begin + 1}:${run.pair}`).join(" ");
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.elements.strokes.value = strokes();
    save.disabled = true;
    tell(says.saving);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
      if (answer.type === "opaqueredirect") location.assign(year.dataset.next);
      else form.submit(); /* a page to read: let the browser show it; nothing was changed, so sending it again is safe */
    } catch {
      tell(says.dropped);
      save.disabled = false;
    }
  });

  function takeUndo() {
    const last = undo.pop();
    if (last) { takeBack(last); tell(says.undone); refresh(); }
  }
  undoButton.addEventListener("click", takeUndo);
  ranged.addEventListener("change", () => { anchor = null; });

  /* -- mouse and thumb: a touch that moves sideways draws, one that moves up or down scrolls */
  let pointer = null;
  const cellAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-d]");
  year.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("[data-d]");
    if (!cell || event.button) return;
    const n = at.get(cell.dataset.d);
    pointer = { id: event.pointerId, from: n, touch: event.pointerType !== "mouse" };
    if (!pointer.touch) {
      event.preventDefault();
      if (!ranged.checked) { begin(); range(n, n); }
      focus(n);
    }
  });
  year.addEventListener("pointermove", (event) => {
    if (!pointer || event.pointerId !== pointer.id || ranged.checked) return;
    const cell = cellAt(event);
    if (!cell) return;
    const n = at.get(cell.dataset.d);
    if (n === (pointer.to ?? pointer.from)) return;
    if (stroke) takeBack(stroke);
    begin();
    pointer.to = n;
    range(pointer.from, n);
  });
  document.addEventListener("pointerup", (event) => {
    if (!pointer || event.pointerId !== pointer.id) return;
    const n = pointer.from;
    if (ranged.checked) pick(n);
    else {
      if (!stroke) { begin(); range(n, n); }
      end();
    }
    if (pointer.touch) focus(n, false);
    pointer = null;
  });
  document.addEventListener("pointercancel", () => {
    if (stroke) takeBack(stroke);
    stroke = pointer = null;
    refresh();
  });
  /* From one day to another: the first tap says where it begins. */
  function pick(n) {
    if (anchor === null) {
      anchor = n;
      cells[n].classList.add("anchor");
      tell(fill(says.first, { day: day.format(dateOf(cells[n])) }));
      return;
    }
    cells[anchor].classList.remove("anchor");
    begin();
    range(anchor, n);
    anchor = null;
    end();
  }

  /* -- keys: the grid is one stop of the tab key; arrows move within it, and from month to month */
  function focus(n, really = true) {
    cells[focused].tabIndex = -1;
    focused = Math.min(Math.max(n, 0), cells.length - 1);
    cells[focused].tabIndex = 0;
    if (really) cells[focused].focus();
  }
  year.addEventListener("focusin", (event) => { /* however the focus came here */
    const cell = event.target.closest("[data-d]");
    if (cell) focus(at.get(cell.dataset.d), false);
  });
  function monthOn(n, months) {
    const date = dateOf(cells[n]), wanted = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + months);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(wanted, last));
    return at.get(date.toISOString().slice(0, 10)) ?? (months < 0 ? 0 : cells.length - 1);
  }
  const weekday = (n) => (dateOf(cells[n]).getUTCDay() + 6) % 7;
  const MOVES = {
    ArrowLeft: (n) => n - 1, ArrowRight: (n) => n + 1, ArrowUp: (n) => n - 7, ArrowDown: (n) => n + 7,
    Home: (n) => n - weekday(n), End: (n) => n + 6 - weekday(n), PageUp: (n) => monthOn(n, -1), PageDown: (n) => monthOn(n, 1),
  };
  year.addEventListener("keydown", (event) => {
    if (!event.target.closest("[data-d]") || event.altKey) return;
    if ((event.key === "u" && !event.ctrlKey && !event.metaKey) || (event.key === "z" && (event.ctrlKey || event.metaKey))) takeUndo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === " " || event.key === "Enter") {
      if (ranged.checked) pick(focused);
      else { begin(); range(focused, focused); end(); }
    } else if (MOVES[event.key]) {
      const from = focused;
      focus(MOVES[event.key](focused));
      if (event.shiftKey) {
        if (before === null) before = from;
        const began = before;
        if (stroke) takeBack(stroke);
        begin();
        range(began, focused);
      }
    } else return;
    event.preventDefault();
  });
  year.addEventListener("keyup", (event) => { if (event.key === "Shift" && before !== null) end(); });
  year.addEventListener("focusout", () => { if (before !== null) end(); });

  /* -- dress the calendar as a grid */
  for (const table of year.querySelectorAll("table")) table.setAttribute("role", "grid");
  cells.forEach((cell, n) => { cell.setAttribute("role", "gridcell"); cell.tabIndex = -1; if (isOver(n)) cell.setAttribute("aria-disabled", "true"); show(n); });
  cells[focused].tabIndex = 0;
  year.classList.add("paintable");
  form.hidden = false;
  document.querySelector("[data-year-help]").hidden = false;
  for (const item of document.querySelectorAll("[data-year-legend]")) item.hidden = true; /* the brushes say it */
  restore();
  refresh();
})();
