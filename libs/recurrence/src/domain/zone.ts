// Local time to instants in one zone. The local time line of each year is cut into stretches, each with one offset to
// subtract, and kept: a zone is asked for once in a process.
import { DAY_SECONDS, dayOf, isLeap, weekdayOf, yearOf } from './civil-calendar.js';
import { findTransitions, offsetReader, type Transition } from './zone-offsets.js';
import { dayOfLocal } from './local-time.js';

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

/** Before it no zone had changed its local mean time. */
const FIRST_YEAR = 1800;
/** After it the zone database knows yearly rules only, so that years which look alike have the same transitions. */
const LAST_LISTED_YEAR = 2100;
/** The longest gap is a day (Apia, 2011). */
const MARGIN_SECONDS = 2 * DAY_SECONDS;

const zones = new Map<string, Zone>();

export class Zone {
  readonly offsetAt: (instant: number) => number;
  readonly #years = new Map<number, Stretch[]>();

  /** @throws RangeError: no such zone */
  static of(name: string): Zone {
    let zone = zones.get(name);
    if (!zone) zones.set(name, (zone = new Zone(name)));
    return zone;
  }

  private constructor(name: string) {
    this.offsetAt = offsetReader(name);
  }

  /** What the wall's clock shows at an instant. Both in seconds. */
  localAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  stretchAt(local: number): Stretch {
    const year = yearOf(dayOfLocal(local));
    const listed = listedYear(year);
    const shift = (dayOf(year, 1, 1) - dayOf(listed, 1, 1)) * DAY_SECONDS;
    const stretch = this.#stretchesOf(listed).find(({ to }) => local - shift < to);
    if (!stretch) throw new RangeError(`No stretch of the year ${listed} holds the local second ${local}.`);
    return shift === 0 ? stretch : { ...stretch, from: stretch.from + shift, to: stretch.to + shift };
  }

  #stretchesOf(year: number): Stretch[] {
    let stretches = this.#years.get(year);
    if (!stretches) this.#years.set(year, (stretches = this.#cut(year)));
    return stretches;
  }

  #cut(year: number): Stretch[] {
    const start = dayOf(year, 1, 1) * DAY_SECONDS;
    const end = dayOf(year + 1, 1, 1) * DAY_SECONDS;
    const first = start - MARGIN_SECONDS;
    if (year === FIRST_YEAR) return [{ from: start, to: end, offset: this.offsetAt(first), note: null }];
    const transitions = findTransitions(this.offsetAt, first, end + MARGIN_SECONDS);
    return cutAt(transitions, this.offsetAt(first), start, end);
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
  if (year < FIRST_YEAR) return FIRST_YEAR;
  if (year <= LAST_LISTED_YEAR) return year;
  let alike = LAST_LISTED_YEAR + 1;
  while (isLeap(alike) !== isLeap(year) || weekdayOf(dayOf(alike, 1, 1)) !== weekdayOf(dayOf(year, 1, 1))) alike += 1;
  return alike;
}
