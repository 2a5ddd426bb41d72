// Which days a calendar takes, worked out by ical.js (of Thunderbird and Nextcloud), as an independent witness.
// One JSON object comes in ({text, zone, first, last, rule, hours}), a JSON list of days goes out. Days are those of
// `zone`, by the platform's own Intl; only expansion of repetitions and time zones is ical.js's.
import ICAL from "ical.js";

let input = "";
for await (const piece of process.stdin) input += piece;
const { text, zone, first, last, rule, hours } = JSON.parse(input);

const calendar = new ICAL.Component(ICAL.parse(text));
for (const vtimezone of calendar.getAllSubcomponents("vtimezone")) {
  const found = new ICAL.Timezone(vtimezone);
  ICAL.TimezoneService.register(found.tzid, found);
}
const days = new Set();
const inZone = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
const dayOf = (milliseconds) => inZone.format(new Date(milliseconds));
const DAY = 86400000;

// a floating time is meant in the owner's zone
function instant(time) {
  if (time.zone && time.zone.tzid !== "floating") return time.toUnixTime() * 1000;
  const asUtc = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    }).formatToParts(new Date(asUtc)).map((part) => [part.type, Number(part.value)]),
  );
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return asUtc - (shown - asUtc);
}

function take(item, start, end) {
  const component = item.component;
  const value = (name) => (component.getFirstPropertyValue(name) ?? "").toString().toUpperCase();
  if (value("transp") === "TRANSPARENT" || value("status") === "CANCELLED") return;
  if (["FREE", "WORKINGELSEWHERE"].includes(value("x-microsoft-cdo-busystatus"))) return;
  if (start.isDate) {
    const day = start.clone();
    do {
      days.add(day.toString());
      day.adjust(1, 0, 0, 0);
    } while (day.compareDateOnlyTz(end, ICAL.Timezone.localTimezone) < 0);
    return;
  }
  const from = instant(start), to = instant(end), length = to - from;
  if (!(length >= DAY || rule === "every" || (rule === "long" && length >= hours * 3600000))) return;
  for (let at = from; at < to; at += 900000) days.add(dayOf(at));
  days.add(dayOf(Math.max(from, to - 1)));
}

const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
for (const master of events.filter((event) => !event.isRecurrenceException())) {
  for (const other of events) {
    if (other.isRecurrenceException() && other.uid === master.uid) master.relateException(other);
  }
  if (!master.isRecurring()) {
    take(master, master.startDate, master.endDate);
    continue;
  }
  const iterator = master.iterator();
  for (let next = iterator.next(); next && next.toString().slice(0, 10) <= last; next = iterator.next()) {
    const found = master.getOccurrenceDetails(next);
    take(found.item, found.startDate, found.endDate);
  }
}
process.stdout.write(JSON.stringify([...days].filter((day) => first <= day && day <= last).sort()));
