/* The board with keys, mouse and fingers: arrows go from session to session, M or dragging moves one. Every move goes out as the form that
   the session's page has too; where it can go is what the server says. */
(() => {
  "use strict";
  const room = document.querySelector("[data-room]");
  if (!room) return;
  const says = JSON.parse(room.dataset.says), days = Number(room.dataset.days), byPlace = room.dataset.by === "place";
  const first = Date.parse(`${room.dataset.first}T00:00Z`), form = document.getElementById("room-move"), status = document.getElementById("room-status");
  const SVG = "http://www.w3.org/2000/svg";
  const bars = () => [...room.querySelectorAll("a.bar")];
  const laneOf = (part) => part.closest(".board-lane");
  const at = (bar) => parseFloat(bar.querySelector(".held").getAttribute("x"));
  const tell = (text) => { status.textContent = text; };
  const dayOf = (move) => (Date.parse(`${move.day}T00:00Z`) - first) / 864e5;
  const RESTS = 400, EDGE = 40;
  let moving = null, drag = null, pulledJustNow = false;

  /* -- one stop of the tab key; arrows go on from there */
  function prepare() {
    const all = bars(), here = all.find((bar) => bar.tabIndex === 0 && bar.hasAttribute("tabindex")) || all[0];
    for (const bar of all) bar.setAttribute("tabindex", bar === here ? 0 : -1);
  }
  function focus(bar) {
    if (!bar) return;
    for (const other of room.querySelectorAll("a.bar[tabindex='0']")) other.setAttribute("tabindex", -1);
    bar.setAttribute("tabindex", 0);
    bar.focus();
  }
  const inLane = (lane) => [...lane.querySelectorAll("a.bar")].sort((a, b) => at(a) - at(b));
  function step(bar, key) {
    const lane = laneOf(bar), row = inLane(lane), n = row.indexOf(bar);
    if (key === "ArrowRight") return row[n + 1];
    if (key === "ArrowLeft") return row[n - 1];
    if (key === "Home") return row[0];
    if (key === "End") return row[row.length - 1];
    const lanes = [...room.querySelectorAll(".board-lane")].filter((each) => each.querySelector("a.bar"));
    const next = lanes[lanes.indexOf(lane) + (key === "ArrowDown" ? 1 : -1)];
    return next && inLane(next).reduce((best, each) => (Math.abs(at(each) - at(bar)) < Math.abs(at(best) - at(bar)) ? each : best));
  }

  /* -- where it can go */
  async function begin(bar) {
    moving = { bar, moves: [], now: null, drawn: [] };
    tell(says.looking);
    const mine = moving;
    try {
      const answer = await fetch(`${bar.getAttribute("href")}/moves.json`, { headers: { Accept: "application/json" } });
      const found = await answer.json();
      if (moving !== mine) return;
      mine.moves = found.moves;
      form.elements.revision.value = found.revision;
    } catch { cancel(); tell(says.failed); return; }
    draw();
    show(mine.moves.find((move) => move.here) || mine.moves.find((move) => move.state !== "impossible") || mine.moves[0], says.begun);
    if (drag) point(drag.event);
  }
  function draw() {
    for (const lane of room.querySelectorAll(".board-lane")) {
      const best = new Map();
      for (const move of targets(lane)) {
        const old = best.get(dayOf(move));
        if (!old || rank(move) > rank(old)) best.set(dayOf(move), move);
      }
      if (!best.size) continue;
      const box = document.createElementNS(SVG, "svg");
      for (const [name, value] of Object.entries({ class: "where", viewBox: `0 0 ${days} 1`, preserveAspectRatio: "none", width: "100%", height: "100%" })) box.setAttribute(name, value);
      for (const state of ["impossible", "possible", "free"]) {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("class", `to-${state}`);
        path.setAttribute("d", [...best].filter(([, move]) => move.state === state).map(([day]) => `M${day} 0h1v1h-1z`).join(""));
        box.append(path);
      }
      lane.querySelector(".board-strip").prepend(box);
      moving.drawn.push(box);
    }
    room.classList.add("moving");
  }
  const rank = (move) => ["impossible", "possible", "free"].indexOf(move.state);
  /* In lanes of places the moves to that place, in others all of them in the session's own lane. */
  function targets(lane) {
    if (byPlace) return moving.moves.filter((move) => move.place === lane.dataset.lane);
    return laneOf(moving.bar) === lane ? moving.moves : [];
  }
  function show(move, before) {
    if (!move) return;
    moving.now = move;
    moving.ghost?.remove();
    const lane = byPlace ? [...room.querySelectorAll(".board-lane")].find((each) => each.dataset.lane === move.place) : laneOf(moving.bar);
    if (lane) {
      const ghost = document.createElementNS(SVG, "rect");
      const box = { class: `ghost to-${move.state}`, x: `${(dayOf(move) * 100) / days}%`, y: 2, width: `${(move.days * 100) / days}%`, height: 24 };
      for (const [name, value] of Object.entries(box)) ghost.setAttribute(name, value);
      lane.querySelector(".board-strip").append(ghost);
      moving.ghost = ghost;
    }
    tell(`${before ? `${before} ` : ""}${move.words}`);
  }
  function cancel() {
    if (!moving) return;
    moving.ghost?.remove();
    for (const box of moving.drawn) box.remove();
    room.classList.remove("moving");
    const bar = moving.bar;
    moving = null;
    focus(bar);
  }
  function apply() {
    const { now, bar } = moving;
    if (!now || now.here) { cancel(); tell(says.stays); return; }
    if (now.state === "impossible") { tell(now.words); return; }
    form.action = `${bar.getAttribute("href")}/move`;
    form.elements.venue.value = now.venue;
    form.elements.start.value = now.start;
    form.requestSubmit();
  }
  /* Arrows: a day on or back at the same venue; up and down: the same day elsewhere. With Shift to the next that is possible. */
  function go(key, far) {
    const { moves, now } = moving;
    if (!now) return;
    const sideways = key === "ArrowLeft" || key === "ArrowRight", on = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    if (sideways) {
      const same = moves.filter((move) => move.venue === now.venue);
      let n = same.indexOf(now) + on;
      while (far && same[n] && same[n].state === "impossible") n += on;
      show(same[n]);
    } else {
      const venues = [...new Set(moves.map((move) => move.venue))], venue = venues[venues.indexOf(now.venue) + on];
      const there = moves.filter((move) => move.venue === venue);
      if (there.length) show(there.reduce((best, move) => (Math.abs(dayOf(move) - dayOf(now)) < Math.abs(dayOf(best) - dayOf(now)) ? move : best)));
    }
  }

  room.addEventListener("keydown", (event) => {
    const bar = event.target.closest("a.bar");
    pulledJustNow = false;
    if (!bar || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = event.key.startsWith("Arrow");
    if (moving) {
      if (arrow) go(event.key, event.shiftKey);
      else if (event.key === "Enter" || event.key === " ") apply();
      else if (event.key === "Escape") { cancel(); tell(says.stays); }
      else return;
    } else if (arrow || event.key === "Home" || event.key === "End") focus(step(bar, event.key));
    else if (event.key === "m" || event.key === "M") begin(bar);
    else return;
    event.preventDefault();
  });
  room.addEventListener("focusout", (event) => { if (moving && !drag && !room.contains(event.relatedTarget) && event.relatedTarget) cancel(); });

  /* -- by mouse or finger: a bar that is pulled; a click or tap alone opens its page. A finger that moves at once scrolls, as everywhere:
     one that rests on a bar for a moment picks it up. */
  room.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest("a.bar");
    pulledJustNow = false;
    if (!bar || event.button || !event.isPrimary || moving) return;
    drag = { bar, x: event.clientX, y: event.clientY, pulled: false, event };
    if (event.pointerType !== "mouse") drag.rests = setTimeout(pull, RESTS);
  });
  function pull() { drag.pulled = true; begin(drag.bar); }
  function letGo() { clearTimeout(drag?.rests); drag = null; }
  function point(event) {
    const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest(".board-lane");
    const target = lane && targets(lane).length ? lane : laneOf(drag.bar), box = target.querySelector(".board-strip").getBoundingClientRect();
    const day = Math.floor(((event.clientX - box.x) / box.width) * days);
    const near = targets(target).reduce((best, move) => {
      const gap = Math.abs(dayOf(move) - day), old = best ? Math.abs(dayOf(best) - day) : Infinity;
      return gap < old || (gap === old && rank(move) > rank(best)) ? move : best;
    }, null);
    if (near && near !== moving.now) show(near);
  }
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.event = event;
    if (!drag.pulled && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 6) {
      if (drag.rests) { letGo(); return; }
      pull();
    }
    if (!drag.pulled || !moving?.moves.length) return;
    const frame = room.getBoundingClientRect();
    if (event.clientX > frame.right - EDGE) room.scrollBy(EDGE / 2, 0);
    else if (event.clientX < frame.left + room.querySelector(".board-label").offsetWidth + EDGE / 2) room.scrollBy(-EDGE / 2, 0);
    point(event);
  });
  document.addEventListener("pointercancel", () => { if (drag?.pulled) cancel(); letGo(); });
  room.addEventListener("touchmove", (event) => { if (drag?.pulled) event.preventDefault(); }, { passive: false });
  room.addEventListener("contextmenu", (event) => { if (drag?.rests) event.preventDefault(); });
  room.addEventListener("click", (event) => { if (pulledJustNow) event.preventDefault(); pulledJustNow = false; }, true);
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    pulledJustNow = drag.pulled;
    const pulled = drag.pulled && moving?.moves.length;
    if (drag.pulled && !pulled) cancel();
    letGo();
    if (!pulled) return;
    if (moving.now.state === "impossible") { const words = moving.now.words; cancel(); tell(words); } else apply();
  });
  room.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("htmx:after:process", prepare);
  prepare();
})();
