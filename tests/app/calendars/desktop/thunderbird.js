// What a test asks of Thunderbird's calendars, run inside it: gives the functions, by name.
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");

const theFeed = () => cal.manager.getCalendars().find((one) => one.name === "Baraza");

/** Do something with a calendar, and wait until it has read all that it then fetches. */
async function fetched(calendar, act) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const ignore = () => {};
  const observer = {
    QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
    onStartBatch: ignore,
    onEndBatch: ignore,
    onAddItem: ignore,
    onModifyItem: ignore,
    onDeleteItem: ignore,
    onPropertyChanged: ignore,
    onPropertyDeleting: ignore,
    onLoad: resolve,
    onError: (_calendar, number, message) => reject(new Error(`${number} ${message}`)),
  };
  calendar.addObserver(observer);
  act();
  await promise;
  calendar.removeObserver(observer);
}

/** A moment as clocks show it in a zone, with how far it is from UTC; a day as it is. */
function shown(moment, zone) {
  const two = (number) => String(number).padStart(2, "0");
  const day = (of) => `${of.year}-${two(of.month + 1)}-${two(of.day)}`;
  if (moment.isDate) {
    return day(moment);
  }
  const there = moment.getInTimezone(zone);
  const away = there.timezoneOffset / 60;
  const offset = `${two(Math.floor(Math.abs(away) / 60))}:${two(Math.abs(away) % 60)}`;
  const clock = [there.hour, there.minute, there.second].map(two).join(":");
  return `${day(there)}T${clock}${away < 0 ? "-" : "+"}${offset}`;
}

return {
  /** As "New calendar, On the network" does. */
  async subscribe(address) {
    if (theFeed()) {
      cal.manager.removeCalendar(theFeed());
    }
    const calendar = cal.manager.createCalendar("ics", Services.io.newURI(address));
    calendar.name = "Baraza";
    // "Offline support" would go on storing long after it says that it has loaded.
    calendar.setProperty("cache.enabled", false);
    await fetched(calendar, () => cal.manager.registerCalendar(calendar));
  },

  refresh: () => fetched(theFeed(), () => theFeed().refresh()),

  async shows(zoneName) {
    const zone = cal.timezoneService.getTimezone(zoneName);
    const everything =
      Ci.calICalendar.ITEM_FILTER_ALL_ITEMS | Ci.calICalendar.ITEM_FILTER_CLASS_OCCURRENCES;
    const [first, last] = ["20260101T000000Z", "20300101T000000Z"].map((text) => cal.createDateTime(text));
    const items = await theFeed().getItemsAsArray(everything, 0, first, last);
    return items.map((item) => [
      item.id,
      item.title,
      item.status === "CANCELLED",
      shown(item.startDate, zone),
      shown(item.endDate, zone),
    ]);
  },
};
