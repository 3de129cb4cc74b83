// Dates and times of a calendar's components: in a zone, in UTC, or days. Ours are `YYYY-MM-DDTHH:MM:SS`, with `Z` in UTC.
import { instantOfWallTime, wallTimeAt } from '@mono/contract/zones';

/** How a template's times are written: as days, in UTC, or as local times of a zone. */
export type TimeForm = { kind: 'day' } | { kind: 'utc' } | { kind: 'local'; zone: string };

const UTC = /^(?:Etc\/)?(?:UTC|Zulu|Universal|UCT)$/i;

export function formOf(zone: string): TimeForm {
  return UTC.test(zone) ? { kind: 'utc' } : { kind: 'local', zone };
}

/** A property with times such as DTSTART or EXDATE. @param starts all local, or all with `Z`. */
export function timesLine(name: string, form: TimeForm, starts: readonly string[]): string {
  if (form.kind === 'day') return `${name};VALUE=DATE:${starts.map((start) => compact(start.slice(0, 10))).join(',')}`;
  if (form.kind === 'utc' || starts[0]?.endsWith('Z')) return `${name}:${starts.map(utcText).join(',')}`;
  return `${name};TZID=${form.zone}:${starts.map(compact).join(',')}`;
}

/** A property with an instant, which is always in UTC. @param instant RFC 3339. */
export function instantLine(name: string, instant: string): string {
  return `${name}:${utcInstant(instant)}`;
}

/** RFC 3339 to `20260501T090000Z`. */
export function utcInstant(instant: string | number): string {
  return `${compact(new Date(instant).toISOString().slice(0, 19))}Z`;
}

/** An instant as the form's own start: local where a local time says exactly that instant, else with `Z`. */
export function startAt(form: TimeForm, zone: string, instantMs: number): string {
  const utc = `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
  if (form.kind === 'utc') return utc;
  const local = wallTimeAt(zone, instantMs);
  const text = local.toString({ smallestUnit: 'second' });
  if (form.kind === 'day') return text;
  const said = instantOfWallTime(zone, local);
  return Math.floor(said / 1_000) === Math.floor(instantMs / 1_000) ? text : utc;
}

function utcText(start: string): string {
  return `${compact(start.replace(/Z$/, ''))}Z`;
}

function compact(start: string): string {
  return start.replaceAll(/[-:]/g, '');
}
