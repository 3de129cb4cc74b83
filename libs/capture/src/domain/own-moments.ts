// Days and times that chrono does not know, or reads in another way than users of task lists expect.
import { Temporal } from 'temporal-polyfill';
import { MONTH_NAMES } from './english.js';
import { GERMAN_MONTH_NAMES } from './german.js';
import type { Language } from './language.js';
import type { Moment } from './moment.js';
import { isDayOfYear, type Groups } from './phrases.js';
import type { Day, Time } from './recurrence.js';
import { masked, phrase } from './span.js';

interface Form {
  pattern: RegExp;
  read: (groups: Groups, now: Temporal.PlainDateTime) => Omit<Moment, 'start' | 'end'> | undefined;
}

const EN_MONTH = MONTH_NAMES.join('|');
const DE_MONTH = GERMAN_MONTH_NAMES.join('|');
const YEAR = String.raw`(?:\s+(?<year>20\d\d))?`;
const DE_WEEKDAYS = ['montag', 'dienstag', 'mittwoch', 'donnerstag', 'freitag', 'samstag', 'sonntag'];
const DE_HOURS = ['eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun', 'zehn', 'elf', 'zwölf'];
const DE_HOUR = `(?<hour>${DE_HOURS.join('|')}|\\d{1,2})`;

const PARTS_OF_DAY: Readonly<Record<string, number>> = {
  früh: 9,
  morgen: 9,
  vormittag: 10,
  mittag: 12,
  nachmittag: 15,
  abend: 19,
  nacht: 22,
};

const ENGLISH: readonly Form[] = [
  { pattern: phrase('next week'), read: (_groups, now) => ({ day: nextMonday(now) }) },
  { pattern: phrase('next month'), read: (_groups, now) => ({ day: firstOfMonth(now, 1) }) },
  { pattern: phrase('next year'), read: (_groups, now) => ({ day: firstOfMonth(now, 13 - now.month) }) },
  { pattern: phrase('(?:(?:on |over )?the |this |next )?weekend'), read: (_groups, now) => ({ day: weekday(now, 5) }) },
  {
    pattern: phrase(`(?:the )?end of (?:the |this )?(?<unit>month|year)|eom`),
    read: ({ unit }, now) => ({ day: lastOf(now, unit === 'year' ? 12 - now.month : 0) }),
  },
  { pattern: phrase('(?:the )?end of next month'), read: (_groups, now) => ({ day: lastOf(now, 1) }) },
  {
    pattern: phrase(`(?:the )?end of (?<month>${EN_MONTH})${YEAR}`),
    read: (groups, now) => monthOf(groups, now, 'last'),
  },
  { pattern: phrase(`(?:in )?mid[- ](?<month>${EN_MONTH})${YEAR}`), read: (groups, now) => monthOf(groups, now, 15) },
  {
    pattern: phrase(
      String.raw`(?:on )?the (?<day>\d{1,2})(?:st|nd|rd|th)(?=\s*(?:$|[\uE000,;.!)]|(?:at|from|for)(?!\p{L})|\d))`,
    ),
    read: readDayOfMonth,
  },
  { pattern: phrase('tonight'), read: (_groups, now) => ({ day: now.toPlainDate(), time: { hour: 19, minute: 0 } }) },
];

const GERMAN: readonly Form[] = [
  { pattern: phrase('(?:nächste|kommende)[rn]? woche'), read: (_groups, now) => ({ day: nextMonday(now) }) },
  { pattern: phrase('(?:nächste|kommende)[nm] monat'), read: (_groups, now) => ({ day: firstOfMonth(now, 1) }) },
  {
    pattern: phrase('(?:nächste|kommende)[sn] jahr'),
    read: (_groups, now) => ({ day: firstOfMonth(now, 13 - now.month) }),
  },
  {
    pattern: phrase('(?:am|dieses|übers|nächstes|kommendes) wochenende'),
    read: (_groups, now) => ({ day: weekday(now, 5) }),
  },
  {
    pattern: phrase('(?:am )?(?:ende (?:des|dieses) monats|ende diesen monats|monatsende)'),
    read: (_groups, now) => ({ day: lastOf(now, 0) }),
  },
  {
    pattern: phrase('(?:am )?ende (?:des )?(?:nächsten|kommenden) monats'),
    read: (_groups, now) => ({ day: lastOf(now, 1) }),
  },
  {
    pattern: phrase('(?:am )?(?:ende (?:des|dieses) jahres|jahresende)'),
    read: (_groups, now) => ({ day: lastOf(now, 12 - now.month) }),
  },
  { pattern: phrase(`(?:am )?ende (?<month>${DE_MONTH})${YEAR}`), read: (groups, now) => monthOf(groups, now, 'last') },
  { pattern: phrase(`mitte (?<month>${DE_MONTH})${YEAR}`), read: (groups, now) => monthOf(groups, now, 15) },
  {
    pattern: phrase(String.raw`(?<!\d\.?\s?)(?:anfang )?(?<month>${DE_MONTH})${YEAR}`),
    read: (groups, now) => month(monthOf(groups, now, 1)),
  },
  { pattern: phrase(String.raw`(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.(?<year>20\d\d)?`), read: readNumericDate },
  {
    pattern: phrase(String.raw`am (?<day>\d{1,2})\.(?=\s*(?:$|[\uE000,;!)]|(?:um|ab|für)(?!\p{L})|\d{1,2}[:. ]))`),
    read: readDayOfMonth,
  },
  {
    pattern: phrase('(?<word>heute|morgen|übermorgen) (?<part>früh|morgen|vormittag|mittag|nachmittag|abend|nacht)'),
    read: readDayAndPart,
  },
  { pattern: phrase('morgen'), read: (_groups, now) => ({ day: now.toPlainDate().add({ days: 1 }) }) },
  {
    pattern: phrase(
      `(?<word>${DE_WEEKDAYS.join('|')})\\s?(?<part>früh|morgen|vormittag|mittag|nachmittag|abend|nacht)s?`,
    ),
    read: readDayAndPart,
  },
  { pattern: phrase(`(?:um )?halb ${DE_HOUR}`), read: ({ hour }, now) => clock(now, hour, -30) },
  {
    pattern: phrase(`(?:um )?viertel (?<way>nach|vor) ${DE_HOUR}`),
    read: ({ hour, way }, now) => clock(now, hour, way === 'vor' ? -15 : 15),
  },
  {
    pattern: phrase(
      String.raw`(?:von )?(?<hour>\d{1,2})(?:[.:](?<minute>\d\d))?(?: uhr)?(?: bis |\s?[-–]\s?)(?<hour2>\d{1,2})(?:[.:](?<minute2>\d\d))? uhr`,
    ),
    read: readClocks,
  },
  {
    pattern: phrase(String.raw`(?:um )?(?<hour>\d{1,2})(?:[.:](?<minute>\d\d))? uhr(?: (?<after>\d\d)(?![:.\d]))?`),
    read: readClock,
  },
];

const FORMS: Readonly<Record<Language, readonly Form[]>> = { en: ENGLISH, de: GERMAN };

/** @returns the moments, and the text without them. */
export function ownMoments(
  text: string,
  language: Language,
  now: Temporal.PlainDateTime,
): { moments: Moment[]; rest: string } {
  const moments: Moment[] = [];
  let rest = text;
  for (const { pattern, read } of FORMS[language]) {
    for (const match of rest.matchAll(pattern)) {
      const range = { start: match.index, end: match.index + match[0].length };
      const found = read(match.groups ?? {}, now);
      if (!found) continue;
      moments.push({ ...found, ...range });
      rest = masked(rest, range);
    }
  }
  return { moments, rest };
}

function nextMonday(now: Temporal.PlainDateTime): Day {
  return now.toPlainDate().add({ days: 8 - now.dayOfWeek });
}

/** The next day of that number, today included. @param index 0 is Monday. */
function weekday(now: Temporal.PlainDateTime, index: number): Day {
  return now.toPlainDate().add({ days: (index + 8 - now.dayOfWeek) % 7 });
}

function firstOfMonth(now: Temporal.PlainDateTime, months: number): Day {
  return now.toPlainDate().with({ day: 1 }).add({ months });
}

function lastOf(now: Temporal.PlainDateTime, months: number): Day {
  return firstOfMonth(now, months + 1).subtract({ days: 1 });
}

function readDayOfMonth({ day: text }: Groups, now: Temporal.PlainDateTime): { day: Day } | undefined {
  const day = Number(text);
  if (day < 1 || day > 31) return undefined;
  for (let months = 0; months < 3; months += 1) {
    const first = firstOfMonth(now, months);
    if (day <= first.daysInMonth && (months > 0 || day >= now.day)) return { day: first.with({ day }) };
  }
  return undefined;
}

function monthOf({ month: name = '', year }: Groups, now: Temporal.PlainDateTime, day: number | 'last') {
  const names = [...MONTH_NAMES, ...GERMAN_MONTH_NAMES].findIndex((one) => new RegExp(`^(?:${one})$`, 'i').test(name));
  const number = (names % 12) + 1;
  const first = Temporal.PlainDate.from({ year: year === undefined ? now.year : Number(year), month: number, day: 1 });
  const found = first.with({ day: day === 'last' ? first.daysInMonth : day });
  const isPast = year === undefined && Temporal.PlainDate.compare(found, now.toPlainDate()) < 0;
  return { day: isPast ? found.add({ years: 1 }) : found };
}

function month(found: { day: Day }): Omit<Moment, 'start' | 'end'> {
  return { ...found, isMonth: true };
}

function readNumericDate({ day: d, month: m, year }: Groups, now: Temporal.PlainDateTime) {
  const [day, monthNumber] = [Number(d), Number(m)];
  if (!isDayOfYear(monthNumber, day)) return undefined;
  for (let years = 0; years < 9; years += 1) {
    const fields = { year: year === undefined ? now.year + years : Number(year), month: monthNumber, day };
    const found = Temporal.PlainDate.from(fields);
    if (found.day === day && (year !== undefined || Temporal.PlainDate.compare(found, now.toPlainDate()) >= 0))
      return { day: found };
  }
  return undefined;
}

function readDayAndPart({ word = '', part = '' }: Groups, now: Temporal.PlainDateTime) {
  const name = word.toLowerCase();
  const hour = PARTS_OF_DAY[part.toLowerCase()];
  if (hour === undefined) return undefined;
  const ahead = ['heute', 'morgen', 'übermorgen'].indexOf(name);
  const day = ahead >= 0 ? now.toPlainDate().add({ days: ahead }) : weekday(now, DE_WEEKDAYS.indexOf(name));
  return { day, time: { hour, minute: 0 } };
}

/** A spoken hour means two times of day: this is the one from 7 to 19 o'clock. */
function clock(_now: Temporal.PlainDateTime, hour: string | undefined, minutes: number): { time: Time } | undefined {
  const word = DE_HOURS.indexOf(hour?.toLowerCase() ?? '');
  const number = word >= 0 ? word + 1 : Number(hour);
  if (!(number >= 1 && number <= 24)) return undefined;
  const total = (number * 60 + minutes + 1440) % 1440;
  const spoken = number <= 12 && total < 7 * 60 ? total + 720 : total;
  return { time: { hour: Math.floor(spoken / 60), minute: spoken % 60 } };
}

function readClock({ hour: h, minute: m, after }: Groups): { time: Time } | undefined {
  const [hour, minute] = [Number(h), Number(m ?? after ?? 0)];
  return hour > 24 || minute > 59 || (hour === 24 && minute > 0) ? undefined : { time: { hour: hour % 24, minute } };
}

function readClocks({ hour, minute, hour2, minute2 }: Groups) {
  const [first, last] = [readClock({ hour, minute }), readClock({ hour: hour2, minute: minute2 })];
  return first && last && { ...first, last };
}
