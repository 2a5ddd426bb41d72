/* Reads one calendar from standard input with libical, the library of Evolution and KDE. Prints every complaint
 * as "! ..." and every occurrence as "uid|start|end": days as dates, instants as seconds since 1970. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct about { const char *uid; int is_date; };

static void day(time_t seconds)
{
    struct icaltimetype when = icaltime_from_timet_with_zone(seconds, 1, icaltimezone_get_utc_timezone());
    printf("|%04d-%02d-%02d", when.year, when.month, when.day);
}

static void occurrence(icalcomponent *event, struct icaltime_span *span, void *data)
{
    const struct about *about = data;
    (void)event;
    printf("%s", about->uid);
    if (about->is_date) {
        day(span->start);
        day(span->end);
    } else {
        printf("|%lld|%lld", (long long)span->start, (long long)span->end);
    }
    printf("\n");
}

static void complaints(icalcomponent *component)
{
    for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); p;
         p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY))
        printf("! %s\n", icalproperty_get_xlicerror(p));
    for (icalcomponent *c = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        complaints(c);
}

int main(void)
{
    size_t room = 1 << 24, length;
    char *text = malloc(room);
    length = fread(text, 1, room - 1, stdin);
    text[length] = 0;
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar) {
        printf("! no calendar\n");
        return 1;
    }
    icalrestriction_check(calendar);
    complaints(calendar);
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        struct about about = { icalcomponent_get_uid(event), icalcomponent_get_dtstart(event).is_date };
        icalcomponent_foreach_recurrence(event, icaltime_from_string("20200101T000000Z"),
                                         icaltime_from_string("20400101T000000Z"), occurrence, &about);
    }
    icalcomponent_free(calendar);
    return 0;
}
