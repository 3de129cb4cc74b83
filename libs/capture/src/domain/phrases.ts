// Phrases of recurrence: a pattern of the language, and what it says.
import type { Recurrence, Time } from './recurrence.js';
import type { Range } from './span.js';

export interface Said {
  recurrence: Recurrence;
  /** Counts from the completion of the previous one. */
  completion?: boolean;
  /** The time of day of `every morning`. */
  time?: Time;
}

export type Groups = Readonly<Record<string, string | undefined>>;

export interface Phrase {
  pattern: RegExp;
  /** @returns undefined where the words do not fit after all. */
  read: (groups: Groups) => Said | undefined;
}

export interface FoundPhrase extends Said, Range {}

/** The phrase that begins first; of several, the longest. */
export function findPhrase(text: string, phrases: readonly Phrase[]): FoundPhrase | undefined {
  let best: FoundPhrase | undefined;
  for (const { pattern, read } of phrases) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (best && (start > best.start || (start === best.start && end <= best.end))) break;
      const said = read(match.groups ?? {});
      if (!said) continue;
      best = { ...said, start, end };
      break;
    }
  }
  return best;
}

/** @param bang the mark of a recurrence from the completion. */
export function said(recurrence: Recurrence | undefined, bang: string | undefined): Said | undefined {
  return recurrence && { recurrence, ...(bang ? { completion: true } : {}) };
}

/** In order, without duplicates; -1, the last, comes last. */
export function sortedDays(numbers: readonly number[]): (number | 'last')[] {
  const found = [...new Set(numbers)].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b));
  return found.map((day) => (day < 0 ? 'last' : day));
}

/** A recurrence of a unit. @returns undefined for a number that no rule takes. */
export function inUnits(unit: string, every: number): Recurrence | undefined {
  if (!Number.isInteger(every) || every < 1 || every > 1_000) return undefined;
  switch (unit) {
    case 'minute':
      return every < 5 ? undefined : { unit: 'elapsed', minutes: every };
    case 'hour':
      return { unit: 'elapsed', minutes: every * 60 };
    case 'day':
      return { unit: 'day', every };
    case 'week':
      return { unit: 'week', every, weekdays: [] };
    case 'month':
      return { unit: 'month', every, days: [] };
    case 'quarter':
      return { unit: 'month', every: every * 3, days: [] };
    case 'year':
      return { unit: 'year', every };
    default:
      return undefined;
  }
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isDayOfYear(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0);
}
