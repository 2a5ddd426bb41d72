// Reads calendars with ical.js, the library of Thunderbird and Nextcloud: one JSON string per line comes in,
// one JSON answer per line goes out. `readers.py` starts it once and keeps it.
import { createInterface } from "node:readline";
import ICAL from "ical.js";

const when = (time) =>
  time.isDate ? time.toString() : new Date(time.toUnixTime() * 1000).toISOString();

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const categories = component.getFirstProperty("categories");
    return {
      uid: event.uid,
      start: when(event.startDate),
      end: when(event.endDate),
      sequence: event.sequence,
      status: component.getFirstPropertyValue("status"),
      summary: event.summary,
      description: event.description ?? "",
      location: event.location ?? "",
      categories: categories ? categories.getValues() : [],
    };
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(read(JSON.parse(line))) + "\n");
}
