// The moments of a line that are meant as dates, each with the word that gives it a role.
import { Temporal } from 'temporal-polyfill';
import { isMeant } from './ambiguity.js';
import { chronoMoments } from './chrono-moments.js';
import type { Language } from './language.js';
import type { Moment } from './moment.js';
import { ownMoments } from './own-moments.js';
import { masked } from './span.js';

/** `through` includes a month, `until` ends before it. */
export type Role = 'from' | 'until' | 'through';

export interface RoledMoment extends Moment {
  role?: Role;
}

const MAX_TRIES = 3;

type Roles = readonly (readonly [Role, RegExp])[];

const ENDING = String.raw`\s+(?:the\s+)?$`;
const ROLES: Readonly<Record<Language, Roles>> = {
  en: [
    ['from', new RegExp(String.raw`(?<![\p{L}\p{N}])(?:from|starting(?: on| from)?|beginning(?: on)?)${ENDING}`, 'iu')],
    ['until', new RegExp(String.raw`(?<![\p{L}\p{N}])(?:until|till?|ending(?: on)?)${ENDING}`, 'iu')],
    ['through', new RegExp(String.raw`(?<![\p{L}\p{N}])(?:through|thru)${ENDING}`, 'iu')],
  ],
  de: [
    ['from', /(?<![\p{L}\p{N}])(?:ab(?: dem)?|vom?|von|beginnend(?: am| ab)?)\s+$/iu],
    ['through', /(?<![\p{L}\p{N}])bis einschließlich(?: zum)?\s+$/iu],
    ['until', /(?<![\p{L}\p{N}])bis(?: zum)?\s+$/iu],
  ],
};
/** Hidden from chrono, which would take two dates around them for one range. */
const KEYWORDS: Readonly<Record<Language, RegExp>> = {
  en: /(?<![\p{L}\p{N}])(?:from|starting|beginning|until|till?|ending|through|thru)(?![\p{L}\p{N}])/giu,
  de: /(?<![\p{L}\p{N}])(?:ab|vom?|von|beginnend|bis|einschließlich)(?![\p{L}\p{N}])/giu,
};
/** Part of the span of a date. */
const PREPOSITIONS: Readonly<Record<Language, RegExp>> = {
  en: /(?<![\p{L}\p{N}])(?:(?:due|by|before)(?: on)?|on|at|for)\s+(?:the\s+)?$/iu,
  de: /(?<![\p{L}\p{N}])(?:(?:fällig|spätestens)(?: am| bis(?: zum)?)?|bis(?: zum)?|am|um|gegen|zum|für|(?:am )?kommenden)\s+$/iu,
};
const BETWEEN: Readonly<Record<Language, RegExp>> = {
  en: /^[\s,]*(?:at|@|by)?\s*$/i,
  de: /^[\s,]*(?:um|gegen|ab)?\s*$/i,
};

/** @param text without literal text, sigils, and the phrase of recurrence. In the order of the text. */
export function lineMoments(text: string, language: Language, now: Temporal.PlainDateTime): RoledMoment[] {
  const { moments, rest } = ownMoments(text, language, now);
  let hidden = rest;
  for (const { index, 0: word } of rest.matchAll(KEYWORDS[language]))
    hidden = masked(hidden, { start: index, end: index + word.length });
  const found = meantMoments({ text, hidden, language, now }, moments)
    .sort((a, b) => a.start - b.start)
    .map((moment) => withRole(moment, text, language));
  return merged(found, text, language);
}

interface Search {
  text: string;
  /** Without keywords. */
  hidden: string;
  language: Language;
  now: Temporal.PlainDateTime;
}

/** A word that is not meant may hide a date beside it, as in `5.50 today`: then chrono looks again without that word. */
function meantMoments({ text, hidden, language, now }: Search, own: readonly Moment[]): Moment[] {
  let searched = hidden;
  for (let tries = 1; ; tries += 1) {
    const all = [...own, ...chronoMoments(searched, language, now)];
    const isTimed = ({ end }: Moment): boolean =>
      all.some(
        ({ start, day, time }) => time && !day && start >= end && BETWEEN[language].test(text.slice(end, start)),
      );
    const [meant, others] = partition(all, (moment) => isMeant(moment, text, language, isTimed(moment)));
    const hiding = others.filter(({ start, end }) => /^(?:at|um|[\d.,:/]+)\s+\S/i.test(searched.slice(start, end)));
    if (hiding.length === 0 || tries === MAX_TRIES) return meant;
    for (const { start, end } of hiding) {
      const word = /^\S+/.exec(searched.slice(start, end))?.[0] ?? '';
      searched = masked(searched, { start, end: start + word.length });
    }
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [passed, failed]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? passed : failed).push(item);
  return [passed, failed];
}

function withRole(moment: Moment, text: string, language: Language): RoledMoment {
  const before = text.slice(0, moment.start);
  for (const [role, pattern] of ROLES[language]) {
    const index = before.search(pattern);
    if (index >= 0) return { ...moment, role, start: index };
  }
  const index = before.search(PREPOSITIONS[language]);
  return index >= 0 ? { ...moment, start: index } : moment;
}

/** A day and a time beside each other are one moment. */
function merged(moments: readonly RoledMoment[], text: string, language: Language): RoledMoment[] {
  const found: RoledMoment[] = [];
  for (const moment of moments) {
    const previous = found.at(-1);
    const between = previous ? text.slice(previous.end, moment.start) : '';
    const pair = previous && !moment.role && BETWEEN[language].test(between) ? together(previous, moment) : undefined;
    if (pair) found[found.length - 1] = pair;
    else if (!previous || moment.start >= previous.end) found.push(moment);
  }
  return found;
}

function together(first: RoledMoment, second: RoledMoment): RoledMoment | undefined {
  if ((first.last ?? second.last ?? first.elapsed ?? second.elapsed ?? first.instant ?? second.instant) !== undefined)
    return undefined;
  const isPair =
    (first.day && !first.time && second.time && !second.day) ||
    (first.time && !first.day && second.day && !second.time);
  return isPair ? { ...second, ...first, end: second.end } : undefined;
}
