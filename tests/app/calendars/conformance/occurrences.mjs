// Every occurrence in a calendar as ical.js, the library of Thunderbird and Nextcloud, sees it: one JSON string
// per line comes in, one JSON answer per line goes out. `engines.py` starts it once and keeps it.
import { createInterface } from "node:readline";
import ICAL from "ical.js";

const when = (time) =>
  time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString();

function occurrences(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").flatMap((component) => {
    const event = new ICAL.Event(component);
    const found = [];
    const each = event.iterator();
    for (let next = each.next(); next && found.length < 100; next = each.next()) {
      const { startDate, endDate } = event.getOccurrenceDetails(next);
      found.push([event.uid, when(startDate), when(endDate)]);
    }
    return found;
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(occurrences(JSON.parse(line))) + "\n");
}
