// How long after its start an imported occurrence is due: DURATION, or the end that the component names.
import type ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { instantOf, timesOf, type CalendarTime, type Zones } from './calendar-time.js';

/** @returns ISO 8601; null where it ends as it begins, or says nothing. @throws RangeError for times that are none. */
export function dueOffsetOf(component: ICAL.Component, start: CalendarTime, zones: Zones): string | null {
  // A day that an event lasts is the day on which it is due.
  const lastDay = start.isDay && component.name === 'vevent' ? 1 : 0;
  const given = component.getFirstProperty('duration');
  const end = component.getFirstProperty('dtend') ?? component.getFirstProperty('due');
  if (given) return offsetText(Temporal.Duration.from(String((given.jCal as unknown[])[3])), lastDay);
  const [ends] = end ? timesOf(end, zones) : [];
  return ends ? offsetText(between(start, ends), lastDay) : null;
}

/** In whole days and exact time where both are local, as the rule repeats them; else exact. */
function between(start: CalendarTime, end: CalendarTime): Temporal.Duration {
  if (start.zone === end.zone) {
    const [from, to] = [start, end].map(({ text }) => Temporal.PlainDateTime.from(text.replace(/Z$/, '')));
    if (from && to) return from.until(to, { largestUnit: 'day' });
  }
  const ms = instantOf(end, start.zone ?? 'UTC') - instantOf(start, end.zone ?? 'UTC');
  return Temporal.Duration.from({ seconds: Math.round(ms / 1_000) }).round({ largestUnit: 'hour' });
}

function offsetText(duration: Temporal.Duration, lastDay: number): string | null {
  const offset = lastDay === 0 ? duration : duration.subtract({ days: duration.days > 0 ? lastDay : 0 });
  return offset.blank ? null : offset.toString();
}
