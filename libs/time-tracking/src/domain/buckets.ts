// A window cut so that each piece lies in one day, week, month: in one of each kind that is asked for.
import type { Week } from '../../contract/time-constants.js';
import { periodsOf, type Period, type PeriodUnit } from './periods.js';
import type { Window } from './window.js';

export interface Buckets {
  /** Milliseconds since 1970, rising: where each bucket begins, and at last where the window ends. */
  bounds: number[];
  units: ReadonlyMap<PeriodUnit, BucketsOfUnit>;
}

export interface BucketsOfUnit {
  periods: Period[];
  /** Of each bucket, in which of the periods it lies. */
  ordinals: number[];
}

/** No two buckets are in the same periods, so that nobody sees more buckets than were asked for. */
export function bucketsOf(window: Window, units: readonly PeriodUnit[], week: Week): Buckets {
  const periods = units.map((unit) => ({ unit, periods: periodsOf(unit, window, week) }));
  const starts = new Set([window.from, ...periods.flatMap(({ periods }) => periods.map(({ start }) => start))]);
  const bounds = [...starts].sort((one, other) => one - other);
  return {
    bounds: [...bounds, window.to],
    units: new Map(periods.map(({ unit, periods }) => [unit, { periods, ordinals: ordinalsOf(periods, bounds) }])),
  };
}

function ordinalsOf(periods: readonly Period[], starts: readonly number[]): number[] {
  let ordinal = 0;
  return starts.map((start) => {
    while ((periods[ordinal + 1]?.start ?? Infinity) <= start) ordinal += 1;
    return ordinal;
  });
}
