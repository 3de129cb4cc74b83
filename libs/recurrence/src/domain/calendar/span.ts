// How long an occurrence lasts in a calendar: from its start to when it is due.
import { Temporal } from 'temporal-polyfill';
import type { CalendarComponent } from '../../../contract/calendar.js';
import { timesLine, type TimeForm } from './date-time.js';

export interface Spanned {
  due_offset: string | null;
  form: TimeForm;
}

/**
 * `DURATION`, which is days and exact time (RFC 5545, 3.3.6); months and years, which it cannot say, as the end of this
 * occurrence, by which readers measure the others. An event of days lasts to the end of the last one, which counts.
 * @param start `original_start`, or where it was moved to.
 * @returns no line where there is nothing between start and end.
 */
export function spanLine({ due_offset: offset, form }: Spanned, component: CalendarComponent, start: string): string[] {
  const isDays = form.kind === 'day';
  const duration = Temporal.Duration.from(offset ?? 'PT0S');
  const extra = isDays && component === 'vevent' ? 1 : 0;
  if (duration.years !== 0 || duration.months !== 0) return [endLine(form, component, start, duration, extra)];
  const days = duration.weeks * 7 + duration.days + extra;
  if (isDays) {
    const whole = days + Math.trunc(duration.hours / 24);
    return whole === 0 ? [] : [`DURATION:P${whole}D`];
  }
  const text = durationText(days, duration);
  return text === undefined ? [] : [`DURATION:${text}`];
}

function durationText(days: number, { hours, minutes, seconds }: Temporal.Duration): string | undefined {
  const date = days === 0 ? '' : `${days}D`;
  const time = [
    [hours, 'H'],
    [minutes, 'M'],
    [seconds, 'S'],
  ] as const;
  // RFC 5545 wants no unit left out between two: PT1H0M5S.
  const given = time.map(([amount]) => amount !== 0);
  const [first, last] = [given.indexOf(true), given.lastIndexOf(true)];
  const clock =
    first < 0
      ? ''
      : `T${time
          .slice(first, last + 1)
          .map(([amount, unit]) => `${amount}${unit}`)
          .join('')}`;
  return date === '' && clock === '' ? undefined : `P${date}${clock}`;
}

function endLine(
  form: TimeForm,
  component: CalendarComponent,
  start: string,
  duration: Temporal.Duration,
  extraDays: number,
): string {
  const suffix = start.endsWith('Z') ? 'Z' : '';
  const end = Temporal.PlainDateTime.from(start.replace(/Z$/, '')).add(duration).add({ days: extraDays });
  const text = `${end.toString({ smallestUnit: 'second' })}${suffix}`;
  return timesLine(component === 'vevent' ? 'DTEND' : 'DUE', form, [text]);
}
