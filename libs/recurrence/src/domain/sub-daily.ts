// Hours, minutes and seconds as periods: day by day, so that days which the rule leaves out cost one look each.
import { DAY_SECONDS, modulo } from './civil-calendar.js';
import { dayFilterOf } from './day-filter.js';
import { divisor } from './cycle.js';
import type { TimedDays } from './day-times.js';
import type { RecurrenceParts } from './recurrence-parts.js';
import { pickIndices } from './set-positions.js';

const UNIT_SECONDS: Partial<Record<RecurrenceParts['frequency'], number>> = { HOURLY: 3600, MINUTELY: 60, SECONDLY: 1 };

export interface SubDaily {
  unitSeconds: number;
  /** Seconds into each unit at which something occurs. */
  offsets: number[];
  /** How many candidates a unit has before BYSETPOS picks. */
  perUnit: number;
  /** Which units of a day the rule names, whatever its interval. */
  isNamedUnit: (unit: number) => boolean;
}

/** @param parts completed from DTSTART. @returns undefined for a frequency not finer than DAILY */
export function subDailyOf(parts: RecurrenceParts): SubDaily | undefined {
  const unitSeconds = UNIT_SECONDS[parts.frequency];
  if (unitSeconds === undefined) return undefined;
  const minutes = unitSeconds === 3600 ? (parts.byMinute ?? []) : [0];
  const seconds = unitSeconds === 1 ? [0] : (parts.bySecond ?? []);
  const all = minutes.flatMap((minute) => seconds.map((second) => minute * 60 + second));
  const offsets = parts.bySetPos ? pickIndices(parts.bySetPos, all.length).map((index) => all[index] ?? NaN) : all;
  return { unitSeconds, offsets, perUnit: all.length, isNamedUnit: (unit) => isNamedTime(unit * unitSeconds, parts) };
}

function isNamedTime(time: number, { frequency, byHour, byMinute, bySecond }: RecurrenceParts): boolean {
  if (byHour && !byHour.includes(Math.floor(time / 3600))) return false;
  if (frequency !== 'HOURLY' && byMinute && !byMinute.includes(Math.floor(time / 60) % 60)) return false;
  return frequency !== 'SECONDLY' || !bySecond || bySecond.includes(time % 60);
}

/** @param start DTSTART. @returns the days from that of `low`, the first local second wanted, not before DTSTART */
export function subDailyDays(parts: RecurrenceParts, sub: SubDaily, start: number): TimedDays {
  const { interval } = parts;
  const units = DAY_SECONDS / sub.unitSeconds;
  const startUnit = Math.floor(start / sub.unitSeconds);
  const next = dayFilterOf(parts);
  const timesAt = timesByPhase(sub, interval, units);
  const reaches = sub.offsets.length > 0 && reachesNamedUnit(sub, startUnit, interval, units);
  return function* days(firstDay, lastDay, budget) {
    if (!reaches) return;
    for (let day = firstDay; day <= lastDay;) {
      budget.spend(1);
      const named = next ? next(day) : day;
      // The first unit of the day that the interval allows.
      const phase = modulo(startUnit - named * units, interval);
      if (named > day || phase >= units) {
        day = named + (named > day ? 0 : Math.floor(phase / units));
        continue;
      }
      const times = timesAt(phase);
      if (times.length > 0) yield { day, times };
      day += 1;
    }
  };
}

/** Whether the interval comes to a unit that the rule names on some day, whatever the days. */
function reachesNamedUnit({ isNamedUnit }: SubDaily, startUnit: number, interval: number, units: number): boolean {
  const step = divisor(interval, units);
  for (let unit = modulo(startUnit, step); unit < units; unit += step) if (isNamedUnit(unit)) return true;
  return false;
}

/** The times of a day by its first unit, worked out once: days repeat. */
function timesByPhase(sub: SubDaily, interval: number, units: number): (phase: number) => number[] {
  const known = new Map<number, number[]>();
  return (phase) => {
    let times = known.get(phase);
    if (!times) {
      times = [];
      for (let unit = phase; unit < units; unit += interval)
        if (sub.isNamedUnit(unit)) for (const offset of sub.offsets) times.push(unit * sub.unitSeconds + offset);
      known.set(phase, times);
    }
    return times;
  };
}
