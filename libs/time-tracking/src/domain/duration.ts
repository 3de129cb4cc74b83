// Durations: milliseconds within, ISO 8601 outside.
import { Temporal } from 'temporal-polyfill';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** @param ms whole milliseconds, not negative. @returns `PT1H30M`, `PT0.25S`, `PT0S`: hours at most, since days differ. */
export function durationText(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const seconds = (ms % MINUTE_MS) / SECOND_MS;
  const text = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return text === '' ? 'PT0S' : `PT${text}`;
}

/** Of a duration as tasks takes it: weeks and days of 24 hours, months and years as the ISO calendar counts them from 2026 on. */
export function durationMs(text: string): number {
  return Temporal.Duration.from(text).total({ unit: 'milliseconds', relativeTo: '2026-01-01T00:00Z[UTC]' });
}
