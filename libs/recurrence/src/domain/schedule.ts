// The occurrences of a rule: which they are (by local time), and when each is (by instant).
import { DAY_SECONDS, dateOf, modulo } from './civil-calendar.js';
import type { Starts } from './batches.js';
import { compileRule, type CompiledRule } from './compile-rule.js';
import { refuse } from './faults.js';
import { LocalCursor } from './local-cursor.js';
import { dayOfLocal, formatDay, formatTimeOfDay, readMoment } from './local-time.js';
import { RuleDates } from './rule-dates.js';
import type { OccurrenceNote } from '../../contract/rule-words.js';
import type { Rule } from '../../contract/rule.js';

export interface OccurrenceDate {
  /** `2026-01-31T09:00:00` local; for the pattern `interval` the instant `2026-01-31T08:00:00Z`. */
  originalStart: string;
  /** Milliseconds since 1970. */
  at: number;
  note: OccurrenceNote | null;
}

/** Local bounds in seconds of the wall's clock, bounds of instants in seconds since 1970; `from` inclusive, `to` exclusive. */
interface Window {
  from: number;
  to: number;
  fromInstant: number;
  toInstant: number;
}

const EVERYTHING: Window = { from: -Infinity, to: Infinity, fromInstant: -Infinity, toInstant: Infinity };
/** No local time is farther from its instant: offsets end at 16 hours, gaps at a day. */
const FARTHEST_SECONDS = 2 * DAY_SECONDS;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what an instant's text has room for. */
const FIRST_INSTANT = -62_135_596_800;
const LAST_INSTANT = 253_402_300_799;

export class Schedule {
  /** False for rules that go on to the end of the calendar, the year 9999. */
  readonly isFinite: boolean;
  readonly #rule: CompiledRule;
  readonly #dates: RuleDates;
  #lastCounted: number | undefined;

  /**
   * @param zone where the rule floats when it names none itself.
   * @throws InvalidInputError: the field `rule.<field>`, and what was expected
   */
  static of(rule: Rule, zone = 'UTC'): Schedule {
    const schedule = new Schedule(compileRule(rule, zone));
    schedule.#refuseEmpty(rule);
    return schedule;
  }

  private constructor(rule: CompiledRule) {
    this.#rule = rule;
    this.#dates = new RuleDates(rule);
    this.isFinite = rule.until !== undefined || rule.count !== undefined || rule.candidates === undefined;
  }

  /**
   * In ascending order of local time; lazily, and beginning anywhere without walking there (COUNT is counted once).
   * @param from inclusive, and @param to exclusive: bounds on `originalStart`, local or (by instant) with `Z`.
   * @throws RangeError: a bound is neither
   */
  between(from?: string, to?: string): Iterable<OccurrenceDate> {
    const window = { ...EVERYTHING };
    if (from !== undefined) Object.assign(window, this.#bound(from, 'from'));
    if (to !== undefined) Object.assign(window, this.#bound(to, 'to'));
    return this.#walk(window);
  }

  /** The same by instants, in milliseconds since 1970: @param fromMs inclusive, and @param toMs exclusive. */
  betweenInstants(fromMs = -Infinity, toMs = Infinity): Iterable<OccurrenceDate> {
    return this.#walk(windowOfInstants(fromMs / 1000, toMs / 1000));
  }

  /** @returns undefined for what is no occurrence of the rule. */
  at(originalStart: string): OccurrenceDate | undefined {
    const moment = readMoment(originalStart);
    if (!moment || moment.isInstant !== this.#rule.isElapsed) return undefined;
    for (const found of this.#walk({ ...EVERYTHING, from: moment.seconds, to: moment.seconds + 1 }))
      return found.originalStart === originalStart ? found : undefined;
    return undefined;
  }

  /** The rule's own first occurrence, whatever single dates add or leave out; DTSTART for a rule of dates only. */
  get firstStart(): string {
    const { candidates, start } = this.#rule;
    const texts = new LocalTexts(this.#rule);
    for (const batch of candidates ? this.#unending(start, Infinity) : [[start]])
      if (batch[0] !== undefined) return texts.of(batch[0]);
    return texts.of(start);
  }

  #bound(text: string, side: 'from' | 'to'): Partial<Window> {
    const moment = readMoment(text);
    if (!moment) throw new RangeError(`${text} is neither a local time nor an instant.`);
    const { isElapsed, wall } = this.#rule;
    if (moment.isInstant === isElapsed) return { [side]: moment.seconds };
    // Elapsed time lives in instants.
    if (isElapsed) return { [side]: moment.seconds - wall.stretchAt(moment.seconds).offset };
    const { from, fromInstant, to, toInstant } = windowOfInstants(moment.seconds, moment.seconds);
    return side === 'from' ? { from, fromInstant } : { to, toInstant };
  }

  *#walk(window: Window): Generator<OccurrenceDate> {
    const cursor = new LocalCursor(this.#rule);
    const texts = new LocalTexts(this.#rule);
    const dates = this.#dates;
    for (const batch of dates.mergeInto(this.#ruled(window.from, window.to), window.from, window.to)) {
      for (const local of batch) {
        if (local >= window.to) return;
        if (!cursor.moveTo(local)) continue;
        const instant = dates.instantOf(local) ?? cursor.instant;
        if (instant < window.fromInstant || instant >= window.toInstant) continue;
        if (instant < FIRST_INSTANT || instant > LAST_INSTANT || dates.leavesOut(local, instant)) continue;
        const originalStart = texts.of(local);
        yield { originalStart, at: instant * 1000, note: cursor.note ?? texts.monthEnd };
      }
    }
  }

  /** The rule's own local times with UNTIL and COUNT, without those that clocks take away and without single dates. */
  #ruled(from: number, to: number): Starts {
    const { count } = this.#rule;
    return this.#unending(from, count === undefined ? to : Math.min(to, this.#lastOf(count) + 1));
  }

  /** COUNT is counted once; afterwards the rule is one with a last local time. */
  #lastOf(count: number): number {
    if (this.#lastCounted !== undefined) return this.#lastCounted;
    let [left, last] = [count, -Infinity];
    for (const batch of this.#unending(-Infinity, Infinity)) {
      if (left <= 0) break;
      last = batch[Math.min(left, batch.length) - 1] ?? last;
      left -= batch.length;
    }
    this.#lastCounted = last;
    return last;
  }

  /** Without COUNT. @param to exclusive. */
  *#unending(from: number, to: number): Starts {
    const { candidates, until } = this.#rule;
    if (!candidates) return;
    const cursor = new LocalCursor(this.#rule, candidates);
    const end = Math.min(to, until ? until.seconds + (until.isInstant ? FARTHEST_SECONDS : 0) + 1 : Infinity);
    const lastInstant = until?.isInstant ? until.seconds : Infinity;
    const stands = (local: number): boolean => local < end && cursor.moveTo(local) && cursor.instant <= lastInstant;
    for (const batch of candidates.between(from, end)) yield batch.filter(stands);
  }

  #refuseEmpty(rule: Rule): void {
    const { candidates, start, until } = this.#rule;
    if (!candidates) return;
    const end = start + candidates.cycleDays * DAY_SECONDS;
    if (isEmpty(candidates.between(start, end)))
      refuse(rule.rrule ? 'rrule' : 'day_of_month', 'never occurs up to the year 9999');
    if (!isEmpty(this.#unending(start, end))) return;
    if (until) refuse(rule.until ? 'until' : 'rrule', 'ends before the first occurrence');
    refuse('dst_gap', 'leaves no occurrence');
  }
}

function isEmpty(starts: Starts): boolean {
  for (const batch of starts) if (batch.length > 0) return false;
  return true;
}

/** Local times around instants, so that none is missed; the instants themselves decide. */
function windowOfInstants(fromInstant: number, toInstant: number): Window {
  return { from: fromInstant - FARTHEST_SECONDS, to: toInstant + FARTHEST_SECONDS, fromInstant, toInstant };
}

/** Texts of local times. Neighbours share a day or a time of day, so the parts are kept. */
class LocalTexts {
  /** Of the last text: whether its day stands for one that the month does not have. */
  monthEnd: 'month_end' | null = null;
  #day = NaN;
  #dayText = '';
  readonly #times = new Map<number, string>();
  readonly #suffix: string;
  readonly #clampedBelow: number;

  constructor({ isElapsed, clampedBelow }: CompiledRule) {
    this.#suffix = isElapsed ? 'Z' : '';
    this.#clampedBelow = clampedBelow;
  }

  of(local: number): string {
    const day = dayOfLocal(local);
    if (day !== this.#day) this.#turnTo(day);
    const time = modulo(local, DAY_SECONDS);
    let text = this.#times.get(time);
    if (text === undefined) this.#times.set(time, (text = formatTimeOfDay(time) + this.#suffix));
    return this.#dayText + text;
  }

  #turnTo(day: number): void {
    this.#day = day;
    this.#dayText = formatDay(day);
    this.monthEnd = this.#clampedBelow > 0 && dateOf(day).day < this.#clampedBelow ? 'month_end' : null;
  }
}
