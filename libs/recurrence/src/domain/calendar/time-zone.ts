// A VTIMEZONE (RFC 5545, 3.6.5) for readers that do not know the zone by its name: every change of its offset, one by one,
// so that what a zone's rules cannot say in a recurrence (Ramadan in Morocco, a law of next year) is said as well.
import { instantOfWallTime, wallTimeAt, Zone } from '@mono/contract/zones';
import type { Temporal } from 'temporal-polyfill';

/** Changes are listed this far ahead; later ones follow from the name of the zone. */
const YEARS_AHEAD = 20;
/** Against zones that change their offset more often than any does. */
const MAX_CHANGES = 400;

interface Observance {
  kind: 'STANDARD' | 'DAYLIGHT';
  from: number;
  to: number;
  /** Local, by the offset that ends. */
  onsets: string[];
}

/** @param fromMs the first instant that anything in the calendar is about. */
export function timeZoneLines(zone: string, fromMs: number, nowMs: number): string[] {
  const begin = wallTimeAt(zone, fromMs).subtract({ years: 1 });
  const end = wallTimeAt(zone, Math.max(fromMs, nowMs)).add({ years: YEARS_AHEAD });
  const [first, last] = [begin, end].map((local) => Math.floor(instantOfWallTime(zone, local) / 1000));
  const observances = [before(begin, Zone.of(zone).offsetAt(first ?? 0))];
  for (const { instant, before: from, after: to } of Zone.of(zone)
    .transitions(first ?? 0, (last ?? 0) - 1)
    .slice(0, MAX_CHANGES)) {
    add(observances, { from, to, onset: localText(instant + from) });
  }
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...observances.flatMap(observanceLines), 'END:VTIMEZONE'];
}

function before(begin: Temporal.PlainDateTime, offset: number): Observance {
  const onset = compact(begin.toString({ smallestUnit: 'second' }));
  return { kind: 'STANDARD', from: offset, to: offset, onsets: [onset] };
}

function add(observances: Observance[], { from, to, onset }: { from: number; to: number; onset: string }): void {
  const known = observances.find((one) => one.from === from && one.to === to);
  if (known) known.onsets.push(onset);
  else observances.push({ kind: to > from ? 'DAYLIGHT' : 'STANDARD', from, to, onsets: [onset] });
}

function localText(local: number): string {
  return compact(new Date(local * 1000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length));
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
function offsetText(offset: number): string {
  const seconds = Math.abs(offset);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (seconds % 60 !== 0) parts.push(seconds % 60);
  return `${offset < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join('')}`;
}

function compact(local: string): string {
  return local.replaceAll(/[-:]/g, '');
}
