// Hours, minutes and seconds as periods: day by day, so that days which the rule leaves out cost one look each.
import { DAY_SECONDS, modulo } from './civil-calendar.js';
import type { Starts } from './batches.js';
import { isNamedDay } from './day-filter.js';
import { dayOfLocal } from './local-time.js';
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

/** @param start DTSTART. @param low the first local second wanted, not before DTSTART. */
export function* subDailyStarts(
  parts: RecurrenceParts,
  sub: SubDaily,
  start: number,
  low: number,
  lastDay: number,
): Starts {
  const { interval } = parts;
  const units = DAY_SECONDS / sub.unitSeconds;
  const startUnit = Math.floor(start / sub.unitSeconds);
  const named = parts.byMonth ?? parts.byMonthDay ?? parts.byYearDay ?? parts.byDay;
  const timesAt = timesByPhase(sub, interval, units);
  const firstDay = dayOfLocal(low);
  for (let day = firstDay; day <= lastDay; day += 1) {
    // The first unit of the day that the interval allows.
    const phase = modulo(startUnit - day * units, interval);
    if (phase >= units) {
      day += Math.floor(phase / units) - 1;
      continue;
    }
    const times = timesAt(phase);
    if (times.length === 0 || (named && !isNamedDay(day, parts))) continue;
    const starts = times.map((time) => day * DAY_SECONDS + time);
    yield day > firstDay ? starts : starts.filter((local) => local >= low);
  }
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
