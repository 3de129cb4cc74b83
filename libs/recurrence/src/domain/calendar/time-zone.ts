// A VTIMEZONE (RFC 5545, 3.6.5) for readers that do not know the zone by its name: every change of its offset, one by one,
// so that what a zone's rules cannot say in a recurrence (Ramadan in Morocco, a law of next year) is said as well.
import { Temporal } from 'temporal-polyfill';

/** Changes are told this far ahead; later ones are those of the zone's name. */
const YEARS_AHEAD = 20;
/** Against zones that change their offset more often than any does. */
const MAX_CHANGES = 400;
const SECOND_NS = 1_000_000_000;

interface Observance {
  kind: 'STANDARD' | 'DAYLIGHT';
  from: number;
  to: number;
  /** Local, by the offset that ends. */
  onsets: string[];
}

/** @param fromMs the first instant that anything in the calendar is about. */
export function timeZoneLines(zone: string, fromMs: number, nowMs: number): string[] {
  const begin = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone).subtract({ years: 1 });
  const end = Temporal.Instant.fromEpochMilliseconds(Math.max(fromMs, nowMs))
    .toZonedDateTimeISO(zone)
    .add({ years: YEARS_AHEAD });
  const observances = [before(begin)];
  let from = begin.offsetNanoseconds;
  let change = begin.getTimeZoneTransition('next');
  for (let count = 0; change && count < MAX_CHANGES && change.epochMilliseconds < end.epochMilliseconds; count += 1) {
    const to = change.offsetNanoseconds;
    if (to !== from) add(observances, { from, to, onset: onsetOf(change, from) });
    from = to;
    change = change.getTimeZoneTransition('next');
  }
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...observances.flatMap(observanceLines), 'END:VTIMEZONE'];
}

function before(begin: Temporal.ZonedDateTime): Observance {
  const onset = compact(begin.toPlainDateTime().toString({ smallestUnit: 'second' }));
  return { kind: 'STANDARD', from: begin.offsetNanoseconds, to: begin.offsetNanoseconds, onsets: [onset] };
}

function add(observances: Observance[], { from, to, onset }: { from: number; to: number; onset: string }): void {
  const known = observances.find((one) => one.from === from && one.to === to);
  if (known) known.onsets.push(onset);
  else observances.push({ kind: to > from ? 'DAYLIGHT' : 'STANDARD', from, to, onsets: [onset] });
}

function onsetOf(change: Temporal.ZonedDateTime, from: number): string {
  const local = change.toInstant().toZonedDateTimeISO('UTC').add({ nanoseconds: from }).toPlainDateTime();
  return compact(local.toString({ smallestUnit: 'second' }));
}

/** The first onset is repeated as RDATE: some readers take DTSTART for a mere anchor where there are others. */
function observanceLines({ kind, from, to, onsets }: Observance): string[] {
  return [
    `BEGIN:${kind}`,
    `DTSTART:${onsets[0] ?? ''}`,
    ...onsets.map((onset) => `RDATE:${onset}`),
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    `TZNAME:${offsetText(to)}`,
    `END:${kind}`,
  ];
}

/** `+hhmm`, with seconds where there are any, as before zones were standardised. */
function offsetText(nanoseconds: number): string {
  const seconds = Math.abs(Math.round(nanoseconds / SECOND_NS));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (seconds % 60 !== 0) parts.push(seconds % 60);
  return `${nanoseconds < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join('')}`;
}

function compact(local: string): string {
  return local.replaceAll(/[-:]/g, '');
}
