// Parses and expands a calendar with ical.js, by the zones that the calendar defines.
import ICAL from 'ical.js';

export interface ReadOccurrence {
  /** RFC 3339, or a date. */
  at: string;
  summary: string;
  /** The RECURRENCE-ID in the calendar. */
  recurrenceId: string;
}

/** @returns the first occurrences of each series, in order. @throws Error for an invalid calendar. */
export function expandByIcal(text: string, most: number): ReadOccurrence[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as ConstructorParameters<typeof ICAL.Component>[0]);
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  const components = [...calendar.getAllSubcomponents('vevent'), ...calendar.getAllSubcomponents('vtodo')];
  const found = components
    .filter((component) => !component.hasProperty('recurrence-id'))
    .flatMap((component) => expand(component, components, most));
  return found.toSorted((one, other) => (one.at < other.at ? -1 : 1));
}

function expand(series: ICAL.Component, all: readonly ICAL.Component[], most: number): ReadOccurrence[] {
  const uid = series.getFirstPropertyValue('uid');
  const exceptions = all.filter(
    (one) => one.hasProperty('recurrence-id') && one.getFirstPropertyValue('uid') === uid && one.name === series.name,
  );
  const event = new ICAL.Event(series, { exceptions: [...exceptions] });
  // A to-do has DUE where an event has DTEND.
  if (!event.isRecurring()) return [occurrence(event.startDate, event.summary, event.startDate)];
  const found: ReadOccurrence[] = [];
  const dates = event.iterator();
  for (let next = dates.next(); next && found.length < most; next = dates.next()) {
    const { item, startDate, recurrenceId } = event.getOccurrenceDetails(next);
    found.push(occurrence(startDate, item.summary, recurrenceId));
  }
  return found;
}

function occurrence(start: ICAL.Time, summary: string, recurrenceId: ICAL.Time): ReadOccurrence {
  const at = start.isDate ? start.toString() : new Date(start.toUnixTime() * 1_000).toISOString();
  return { at, summary, recurrenceId: recurrenceId.toString() };
}
