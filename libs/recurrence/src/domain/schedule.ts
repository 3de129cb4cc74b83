// The occurrences of a rule: which they are (by local time), and when each is (by instant).
import { Budget, BudgetSpent, CHECK_STEPS, COSTS, RuleTooExpensiveError } from './budget.js';
import { DAY_SECONDS, LAST_DAY } from './civil-calendar.js';
import type { Starts } from './batches.js';
import type { Candidates } from './candidates.js';
import { compileRule, type CompiledRule } from './compile-rule.js';
import { refuse, type RuleField } from './faults.js';
import { LocalCursor } from './local-cursor.js';
import { LocalTexts } from './local-texts.js';
import { readMoment } from './local-time.js';
import { RuleDates } from './rule-dates.js';
import type { OccurrenceNote } from '../../contract/rule-constants.js';
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

/** The stage of an expansion that exceeds the budget. */
type Stage = 'first' | 'count' | 'walk';

const TOO_EXPENSIVE: Record<Stage, string> = {
  first: 'takes too many steps to its first occurrence: choose a later dtstart, a smaller INTERVAL or fewer BY… parts',
  count: 'takes too many steps to count: lower COUNT, or end the rule with UNTIL',
  walk: 'takes too many steps to expand: ask for a shorter time, or use a smaller INTERVAL or fewer BY… parts',
};

export class Schedule {
  /** False for rules that go on to the end of the calendar, the year 9999. */
  readonly isFinite: boolean;
  readonly #said: Rule;
  readonly #rule: CompiledRule;
  readonly #dates: RuleDates;
  readonly #budget: Budget;
  #lastCounted: number | undefined;

  /**
   * Checks a new rule.
   * @param zone where the rule floats when it names none itself. @param budget of this and perhaps of other rules.
   * @throws InvalidInputError: the field `rule.<field>`, and what was expected; RuleTooExpensiveError here and wherever the
   *   schedule is walked.
   */
  static of(rule: Rule, zone = 'UTC', budget?: Budget): Schedule {
    const schedule = Schedule.stored(rule, zone, budget);
    schedule.#check(new Budget(CHECK_STEPS, budget));
    return schedule;
  }

  /** For a rule that was checked when it was stored. */
  static stored(rule: Rule, zone = 'UTC', budget = new Budget()): Schedule {
    return new Schedule(rule, compileRule(rule, zone), budget);
  }

  private constructor(said: Rule, rule: CompiledRule, budget: Budget) {
    this.#said = said;
    this.#rule = rule;
    this.#budget = budget;
    this.#dates = new RuleDates(rule);
    this.isFinite = rule.until !== undefined || rule.count !== undefined || rule.candidates === undefined;
  }

  /**
   * In ascending order of local time; lazily, and beginning anywhere without walking there (but COUNT is counted once).
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
    const first = candidates && this.#within('first', () => firstOf(this.#unending(start, Infinity, this.#budget)));
    return texts.of(first ?? start);
  }

  /** The last one between the bounds of `between`, without a walk to it. */
  last(from?: string, to?: string): OccurrenceDate | undefined {
    const window = { ...EVERYTHING };
    if (from !== undefined) Object.assign(window, this.#bound(from, 'from'));
    if (to !== undefined) Object.assign(window, this.#bound(to, 'to'));
    return this.#lastIn(window);
  }

  /** @see betweenInstants */
  lastBetweenInstants(fromMs: number, toMs: number): OccurrenceDate | undefined {
    return this.#lastIn(windowOfInstants(fromMs / 1000, toMs / 1000));
  }

  /** Halves the time in which it must lie. */
  #lastIn(window: Window): OccurrenceDate | undefined {
    const { start } = this.#rule;
    let low = Math.max(window.from, Math.min(start, this.#dates.first) - FARTHEST_SECONDS);
    let high = Math.min(window.to, (LAST_DAY + 2) * DAY_SECONDS);
    let last: OccurrenceDate | undefined;
    for (let from = low; from < high; from = low + Math.floor((high - low) / 2)) {
      const [found] = this.#walk({ ...window, from });
      if (!found) {
        if (from === low) break;
        high = from;
      } else {
        last = found;
        low = (readMoment(found.originalStart)?.seconds ?? NaN) + 1;
      }
    }
    return last;
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
    const walk = this.#occurrencesIn(window);
    for (;;) {
      const next = this.#within('walk', () => walk.next());
      if (next.done) return;
      yield next.value;
    }
  }

  *#occurrencesIn(window: Window): Generator<OccurrenceDate, void> {
    const budget = this.#budget;
    const cursor = new LocalCursor(this.#rule, budget);
    const texts = new LocalTexts(this.#rule);
    const dates = this.#dates;
    for (const batch of dates.mergeInto(this.#ruled(window.from, window.to), window.from, window.to)) {
      for (const local of batch) {
        if (local >= window.to) return;
        if (!cursor.moveTo(local)) continue;
        const instant = dates.instantOf(local) ?? cursor.instant;
        if (instant < window.fromInstant || instant >= window.toInstant) continue;
        if (instant < FIRST_INSTANT || instant > LAST_INSTANT || dates.leavesOut(local, instant)) continue;
        budget.spend(COSTS.occurrence);
        const originalStart = texts.of(local);
        yield { originalStart, at: instant * 1000, note: cursor.note ?? texts.monthEnd };
      }
    }
  }

  /** The rule's own local times with UNTIL and COUNT, without those that clocks take away and without single dates. */
  #ruled(from: number, to: number): Starts {
    const { count, start } = this.#rule;
    if (count === undefined) return this.#unending(from, to, this.#budget);
    if (this.#lastCounted === undefined && from <= start)
      return firstStarts(count, this.#unending(from, to, this.#budget));
    return this.#unending(from, Math.min(to, this.#lastOf(count, this.#budget) + 1), this.#budget);
  }

  /** COUNT is counted once, and only where somebody begins behind DTSTART; afterwards the rule is one with a last local time. */
  #lastOf(count: number, budget: Budget): number {
    if (this.#lastCounted !== undefined) return this.#lastCounted;
    return (this.#lastCounted = this.#within('count', () => this.#countTo(count, budget)));
  }

  #countTo(count: number, budget: Budget): number {
    const { candidates, isElapsed } = this.#rule;
    let left = count;
    let last = -Infinity;
    if (!candidates) return last;
    const cursor = new LocalCursor(this.#rule, budget, candidates);
    for (const span of candidates.spans(budget)) {
      // Elapsed time counts in UTC, which has no gaps.
      if (isElapsed || (cursor.moveTo(span.first) && cursor.standsUntil(span.last))) {
        last = span.at(Math.min(left, span.count) - 1);
        left -= span.count;
      } else {
        budget.spend(span.count);
        for (let index = 0; index < span.count && left > 0; index += 1) {
          if (!cursor.moveTo(span.at(index))) continue;
          last = span.at(index);
          left -= 1;
        }
      }
      if (left <= 0) break;
    }
    return last;
  }

  /** Without COUNT. @param to exclusive. */
  *#unending(from: number, to: number, budget: Budget): Starts {
    const { candidates, until } = this.#rule;
    if (!candidates) return;
    const cursor = new LocalCursor(this.#rule, budget, candidates);
    const end = Math.min(to, until ? until.seconds + (until.isInstant ? FARTHEST_SECONDS : 0) + 1 : Infinity);
    const lastInstant = until?.isInstant ? until.seconds : Infinity;
    const stands = (local: number): boolean => local < end && cursor.moveTo(local) && cursor.instant <= lastInstant;
    for (const batch of candidates.between(from, end, budget)) {
      const [first, last] = [batch[0] ?? NaN, batch.at(-1) ?? NaN];
      const allStand = until === undefined && last < end && stands(first) && cursor.standsUntil(last);
      yield allStand ? batch : batch.filter(stands);
    }
  }

  /** @throws InvalidInputError, RuleTooExpensiveError */
  #check(budget: Budget): void {
    const { candidates, count } = this.#rule;
    if (!candidates) return;
    this.#within('first', () => this.#refuseEmpty(candidates, budget));
    if (count !== undefined) this.#lastOf(count, budget);
  }

  #refuseEmpty(candidates: Candidates, budget: Budget): void {
    const { start, until } = this.#rule;
    const { rrule, until: untilSaid } = this.#said;
    const end = start + candidates.cycleDays * DAY_SECONDS;
    if (firstOf(this.#unending(start, end, budget)) !== undefined) return;
    // Where neither UNTIL nor a gap takes anything away, the candidates are what has just been walked.
    const mayDiffer = until !== undefined || this.#rule.skipsGaps;
    if (!mayDiffer || !mayOccur(candidates, start, end, budget))
      refuse(rrule ? 'rrule' : 'day_of_month', 'never occurs up to the year 9999');
    if (until) refuse(untilSaid ? 'until' : 'rrule', 'ends before the first occurrence');
    refuse('dst_gap', 'leaves no occurrence');
  }

  /** @throws RuleTooExpensiveError where the steps do not suffice. */
  #within<Result>(stage: Stage, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      throw new RuleTooExpensiveError([{ field: `rule.${this.#fieldOf(stage)}`, issue: TOO_EXPENSIVE[stage] }]);
    }
  }

  #fieldOf(stage: Stage): RuleField {
    const { count, rrule, pattern } = this.#said;
    if (stage === 'count' && (count ?? null) !== null) return 'count';
    if (rrule ?? null) return 'rrule';
    return pattern ? 'pattern' : 'rdate';
  }
}

/** Only the message depends on it: where the steps do not suffice, it may. */
function mayOccur(candidates: Candidates, start: number, end: number, budget: Budget): boolean {
  try {
    return firstOf(candidates.between(start, end, budget)) !== undefined;
  } catch (error) {
    if (error instanceof BudgetSpent) return true;
    throw error;
  }
}

function firstOf(starts: Starts): number | undefined {
  for (const batch of starts) if (batch[0] !== undefined) return batch[0];
  return undefined;
}

function* firstStarts(count: number, starts: Starts): Starts {
  let left = count;
  for (const batch of starts) {
    yield batch.length <= left ? batch : batch.slice(0, left);
    left -= batch.length;
    if (left <= 0) return;
  }
}

/** Local times around instants, so that none is missed; the instants themselves decide. */
function windowOfInstants(fromInstant: number, toInstant: number): Window {
  return { from: fromInstant - FARTHEST_SECONDS, to: toInstant + FARTHEST_SECONDS, fromInstant, toInstant };
}
