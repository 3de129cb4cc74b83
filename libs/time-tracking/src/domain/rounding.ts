// How a workspace rounds durations where it shows them. What is stored is exact.
import type { RoundingMode } from '../../contract/time-constants.js';

const MINUTE_MS = 60 * 1_000;

export interface Rounding {
  rounding_minutes: number | null;
  rounding_mode: RoundingMode;
}

const BY_MODE: Readonly<Record<RoundingMode, (steps: number) => number>> = {
  nearest: Math.round,
  up: Math.ceil,
  down: Math.floor,
};

/** @returns milliseconds; null where nothing is rounded. */
export function rounded(ms: number, { rounding_minutes: minutes, rounding_mode: mode }: Rounding): number | null {
  if (minutes === null) return null;
  const step = minutes * MINUTE_MS;
  return BY_MODE[mode](ms / step) * step;
}
