// The rule of a template: the phrase of recurrence with the time, the start and the end that are said beside it.
import type { Temporal } from 'temporal-polyfill';
import type { Language } from './language.js';
import { lineMoments, type RoledMoment } from './line-moments.js';
import type { FoundPhrase } from './phrases.js';
import type { Day, Limits } from './recurrence.js';
import { ruleOf } from './rule-of.js';
import type { RuleDraft } from './rule-draft.js';
import { masked, phrase, type Range, type Span } from './span.js';

export interface ReadRecurrence {
  rule: RuleDraft;
  anchor?: 'completion';
  spans: Span[];
}

export interface RecurrenceContext {
  language: Language;
  now: Temporal.PlainDateTime;
  timezone: string;
}

const NUMBER = String.raw`(?<number>\d{1,4})`;
const COUNTS = {
  en: phrase(`(?:for )?${NUMBER} (?:times|occurrences)|(?<twice>twice)`),
  de: phrase(`${NUMBER} ?(?:mal|termine)`),
};
const LENGTHS = {
  en: phrase(`for ${NUMBER} (?<unit>day|week|month|year)s?`),
  de: phrase(`(?:für )?${NUMBER} (?<unit>tage?|wochen?|monate?|jahre?) ?(?:lang)?`),
};
const COMPLETIONS = {
  en: phrase('(?:after|upon|from) (?:each )?completion|(?:after|when) (?:done|completed)'),
  de: phrase('(?:nach|ab) (?:der )?(?:erledigung|abschluss)'),
};

/** @returns undefined where no rule follows from it. */
export function readRecurrence(
  text: string,
  found: FoundPhrase,
  context: RecurrenceContext,
): ReadRecurrence | undefined {
  const { recurrence, completion, time, start, end } = found;
  const { now, timezone } = context;
  const ranges: Range[] = [{ start, end }];
  const rest = { text: masked(text, found) };
  const completed = take(rest, COMPLETIONS[context.language], ranges);
  const anchor = completion || completed ? { anchor: 'completion' as const } : {};
  const limits = limitsOf(rest, context, ranges, time);
  const rule = ruleOf(recurrence, limits.limits, now, timezone);
  if (rule) return { rule, ...anchor, spans: limits.ranges.map(spanOf) };
  // An end before the first occurrence is a word of the title.
  const { until: _until, length: _length, ...endless } = limits.limits;
  const without = ruleOf(recurrence, endless, now, timezone);
  const kept = limits.ranges.filter((range) => range !== limits.untilRange);
  return without && { rule: without, ...anchor, spans: kept.map(spanOf) };
}

function spanOf({ start, end }: Range): Span {
  return { field: 'template', start, end };
}

interface ReadLimits {
  limits: Limits;
  ranges: Range[];
  untilRange: Range | undefined;
}

function limitsOf(
  rest: { text: string },
  context: RecurrenceContext,
  ranges: Range[],
  said: Limits['time'],
): ReadLimits {
  const { language, now } = context;
  const count = take(rest, COUNTS[language], ranges);
  const length = count ? undefined : take(rest, LENGTHS[language], ranges);
  const moments = lineMoments(rest.text, language, now);
  const from = moments.find(({ role, day }) => role === 'from' && day);
  const until =
    count || length ? undefined : moments.find(({ role, day }) => (role === 'until' || role === 'through') && day);
  const timed = moments.findLast(({ day, time, last }) => time && !day && !last);
  const used = [from, until, timed].filter((moment) => moment !== undefined);
  for (const { start, end } of used) ranges.push({ start, end });
  const limits: Limits = {
    time: timed?.time ?? from?.time ?? said,
    from: from?.day,
    until: until && endOf(until),
    length: length && lengthOf(length.groups),
    ...(count ? { count: countOf(count.groups) } : {}),
  };
  const untilRange = until ?? length?.range;
  return { limits, ranges, untilRange: ranges.find((range) => range.start === untilRange?.start) };
}

interface Taken {
  groups: Readonly<Record<string, string | undefined>>;
  range: Range;
}

/** Takes the first match out of the text. */
function take(rest: { text: string }, pattern: RegExp, ranges: Range[]): Taken | undefined {
  const [match] = rest.text.matchAll(pattern);
  if (!match) return undefined;
  const range = { start: match.index, end: match.index + match[0].trimEnd().length };
  rest.text = masked(rest.text, range);
  ranges.push(range);
  return { groups: match.groups ?? {}, range };
}

/** `until June` ends with May, `through June` with June. */
function endOf({ day, isMonth, role }: RoledMoment): Day | undefined {
  if (!day || !isMonth) return day;
  return role === 'through' ? day.with({ day: day.daysInMonth }) : day.subtract({ days: 1 });
}

function countOf({ number, twice }: Taken['groups']): number {
  return twice ? 2 : Math.max(1, Number(number));
}

function lengthOf({ number, unit = '' }: Taken['groups']): Temporal.DurationLike {
  const amount = Number(number);
  if (/^(?:day|tag)/i.test(unit)) return { days: amount };
  if (/^(?:week|woche)/i.test(unit)) return { weeks: amount };
  return /^mon/i.test(unit) ? { months: amount } : { years: Math.min(amount, 1_000) };
}
