// Local time and instants in one zone, by the zone data that the process uses. Everything in seconds since 1970.
import { DAY_SECONDS, dayNumber, isLeapYear, weekday, yearOfSecond } from './civil-days.js';
import { icuZones } from './icu-zones.js';
import { LeastRecent } from './least-recent.js';
import type { Transition, ZoneData, ZoneRules } from './zone-rules.js';

/** A stretch of local time, in seconds of the wall's clock: `from` inclusive, `to` exclusive. */
export interface Stretch {
  from: number;
  to: number;
  /**
   * The instant is the local time minus this. In a gap the offset before it (RFC 5545, 3.3.5), which moves the time later
   * by the gap's length; in an overlap the offset before it, which is the first of the two.
   */
  offset: number;
  note: null | 'dst_gap' | 'dst_overlap';
}

/** Until its end no zone had changed its local mean time. */
const FIRST_YEAR = 1800;
/** After it the zone database knows yearly rules only, so that years which look alike have the same transitions. */
const LAST_LISTED_YEAR = 2100;
/** The longest gap is a day (Apia, 2011). */
const MARGIN_SECONDS = 2 * DAY_SECONDS;
/** A year of a zone takes some hundred bytes: all years of all zones kept are some 10 MB. */
const MAX_ZONES = 64;
const MAX_YEARS = 330;

const zones = new LeastRecent<string, Zone>(MAX_ZONES);
let data: ZoneData | undefined;

/** The zone data that this process uses: ICU's until it is given newer data. */
export function zoneData(): ZoneData {
  return (data ??= icuZones());
}

/** From now on every local time of this process follows these rules. */
export function useZoneData(newer: ZoneData): void {
  data = newer;
  zones.clear();
}

/** The IANA spelling of a zone's name; undefined for an unknown zone. */
export function zoneNameOf(text: string): string | undefined {
  return zoneData().nameOf(text);
}

export class Zone {
  readonly #years = new LeastRecent<number, Stretch[]>(MAX_YEARS);

  /** @param name in any case. @throws RangeError: no such zone */
  static of(name: string): Zone {
    const kept = zones.get(name);
    if (kept) return kept;
    const canonical = zoneNameOf(name);
    const known = canonical === undefined || canonical === name ? undefined : zones.get(canonical);
    if (known) return known;
    const rules = canonical === undefined ? undefined : zoneData().rulesOf(canonical);
    if (canonical === undefined || !rules) throw new RangeError(`Unknown time zone "${name}".`);
    const zone = new Zone(canonical, rules);
    zones.set(canonical, zone);
    return zone;
  }

  private constructor(
    readonly name: string,
    private readonly rules: ZoneRules,
  ) {}

  offsetAt(instant: number): number {
    return this.rules.offsetAt(Math.floor(instant));
  }

  /** Every change of the offset in `(from, to]`, in order. */
  transitions(from: number, to: number): Transition[] {
    return this.rules.transitions(from, to);
  }

  /** The local time that clocks show at an instant. */
  localAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** The instant of a local time: after a gap by the offset before it, in an overlap the first of the two. */
  instantAt(local: number): number {
    return local - this.stretchAt(local).offset;
  }

  /** The first instant of a day, counted from 1970-01-01. Where a gap takes midnight away, the end of the gap. */
  startOfDay(day: number): number {
    const midnight = day * DAY_SECONDS;
    const { offset, note } = this.stretchAt(midnight);
    const instant = midnight - offset;
    if (note !== 'dst_gap') return instant;
    return this.transitions(instant - MARGIN_SECONDS, instant).at(-1)?.instant ?? instant;
  }

  stretchAt(local: number): Stretch {
    const year = yearOfSecond(local);
    if (year <= FIRST_YEAR) return this.#meanTime();
    const listed = listedYear(year);
    const shift = (dayNumber(year, 1, 1) - dayNumber(listed, 1, 1)) * DAY_SECONDS;
    const stretch = this.#stretchesOf(listed).find(({ to }) => local - shift < to);
    if (!stretch) throw new RangeError(`No stretch of the year ${listed} holds the local second ${local}.`);
    return shift === 0 ? stretch : { ...stretch, from: stretch.from + shift, to: stretch.to + shift };
  }

  #meanTime(): Stretch {
    const to = dayNumber(FIRST_YEAR + 1, 1, 1) * DAY_SECONDS;
    return { from: -Infinity, to, offset: this.offsetAt(to - MARGIN_SECONDS), note: null };
  }

  #stretchesOf(year: number): Stretch[] {
    let stretches = this.#years.get(year);
    if (!stretches) this.#years.set(year, (stretches = this.#cut(year)));
    return stretches;
  }

  #cut(year: number): Stretch[] {
    const start = dayNumber(year, 1, 1) * DAY_SECONDS;
    const end = dayNumber(year + 1, 1, 1) * DAY_SECONDS;
    const first = start - MARGIN_SECONDS;
    return cutAt(this.transitions(first, end + MARGIN_SECONDS), this.offsetAt(first), start, end);
  }
}

/** Stretches that cover `[start, end)` without a hole. */
function cutAt(transitions: Transition[], firstOffset: number, start: number, end: number): Stretch[] {
  const stretches: Stretch[] = [];
  let offset = firstOffset;
  let from = start;
  const add = (to: number, note: Stretch['note'], by: number): void => {
    const last = Math.min(to, end);
    if (last > from) stretches.push({ from, to: last, offset: by, note });
    from = Math.max(from, last);
  };
  for (const { instant, before, after } of transitions) {
    const early = instant + Math.min(before, after);
    const late = instant + Math.max(before, after);
    add(early, null, offset);
    add(late, after > before ? 'dst_gap' : 'dst_overlap', before);
    offset = after;
  }
  add(end, null, offset);
  return stretches;
}

/** The year whose transitions a year has: itself, or one of the same length that begins on the same weekday. */
function listedYear(year: number): number {
  if (year <= LAST_LISTED_YEAR) return year;
  let alike = LAST_LISTED_YEAR + 1;
  while (isLeapYear(alike) !== isLeapYear(year) || weekday(dayNumber(alike, 1, 1)) !== weekday(dayNumber(year, 1, 1)))
    alike += 1;
  return alike;
}
