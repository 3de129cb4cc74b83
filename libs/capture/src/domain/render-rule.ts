// A rule as the text that parses back to it.
import type { Language } from './language.js';
import { WEEKDAYS, type RuleDraft } from './rule-draft.js';
import { WORKDAYS } from './rule-of.js';

interface Vocabulary {
  weekdays: readonly string[];
  months: readonly string[];
  and: string;
  /** @param days phrases for the days of the period, such as `on Monday`. */
  every(unit: Unit, every: number, bang: string): string;
  on: string;
  onThe: string;
  ordinal(day: number): string;
  nth: readonly [last: string, ...string[]];
  lastDay: string;
  workday: string;
  everyWorkday(bang: string): string;
  date(day: number, month: string): string;
  at(time: string): string;
  from(day: string): string;
  until(day: string): string;
  times(count: number): string;
}

type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const ENGLISH: Vocabulary = {
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  months: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  and: 'and',
  every: (unit, every, bang) => (every === 1 ? `every${bang} ${unit}` : `every${bang} ${every} ${unit}s`),
  on: 'on',
  onThe: 'on the',
  ordinal: (day) => `${day}${suffixOf(day)}`,
  nth: ['last', 'first', 'second', 'third', 'fourth', 'fifth'],
  lastDay: 'last day',
  workday: 'workday',
  everyWorkday: (bang) => `every${bang} weekday`,
  date: (day, month) => `${day} ${month}`,
  at: (time) => `at ${time}`,
  from: (day) => `from ${day}`,
  until: (day) => `until ${day}`,
  times: (count) => `${count} times`,
};

const GERMAN_UNITS: Readonly<Record<Unit, readonly [one: string, many: string]>> = {
  minute: ['jede Minute', 'Minuten'],
  hour: ['jede Stunde', 'Stunden'],
  day: ['jeden Tag', 'Tage'],
  week: ['jede Woche', 'Wochen'],
  month: ['jeden Monat', 'Monate'],
  quarter: ['jedes Quartal', 'Quartale'],
  year: ['jedes Jahr', 'Jahre'],
};

const GERMAN: Vocabulary = {
  weekdays: ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'],
  months: [
    'Januar',
    'Februar',
    'März',
    'April',
    'Mai',
    'Juni',
    'Juli',
    'August',
    'September',
    'Oktober',
    'November',
    'Dezember',
  ],
  and: 'und',
  every: (unit, every, bang) => {
    const [one, many] = GERMAN_UNITS[unit];
    return every === 1 ? one.replace(' ', `${bang} `) : `alle${bang} ${every} ${many}`;
  },
  on: 'am',
  onThe: 'am',
  ordinal: (day) => `${day}.`,
  nth: ['letzten', 'ersten', 'zweiten', 'dritten', 'vierten', 'fünften'],
  lastDay: 'letzten Tag',
  workday: 'Werktag',
  everyWorkday: (bang) => `jeden${bang} Werktag`,
  date: (day, month) => `${day}. ${month}`,
  at: (time) => `um ${time} Uhr`,
  from: (day) => `ab ${day}`,
  until: (day) => `bis ${day}`,
  times: (count) => `${count} mal`,
};

const VOCABULARIES: Readonly<Record<Language, Vocabulary>> = { en: ENGLISH, de: GERMAN };

function suffixOf(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

/** @returns undefined for a rule that no phrase says. */
export function renderRule(rule: RuleDraft, anchor: 'schedule' | 'completion', language: Language): string | undefined {
  const words = VOCABULARIES[language];
  const phrase = phraseOf(rule, words, anchor === 'completion' ? '!' : '');
  if (phrase === undefined) return undefined;
  const [day = '', time] = rule.dtstart.split('T');
  return [
    phrase,
    ...(time === undefined ? [] : [words.at(time.slice(0, 5))]),
    words.from(day),
    ...(rule.until === undefined ? [] : [words.until(rule.until)]),
    ...(rule.count === undefined ? [] : [words.times(rule.count)]),
  ].join(' ');
}

function phraseOf(rule: RuleDraft, words: Vocabulary, bang: string): string | undefined {
  const { pattern, every = 1, days_of_week: weekdays = [], day_of_month: day, interval, rrule } = rule;
  switch (pattern) {
    case 'daily':
      return words.every('day', every, bang);
    case 'weekdays':
      return words.everyWorkday(bang);
    case 'weekly':
      return `${words.every('week', every, bang)} ${words.on} ${listOf(
        weekdays.map((name) => words.weekdays[WEEKDAYS.indexOf(name)] ?? ''),
        words,
      )}`;
    case 'monthly':
      return withDay(words.every('month', every, bang), day, words);
    case 'quarterly':
      return withDay(words.every('quarter', every, bang), day, words);
    case 'yearly':
      return yearly(rule, words, bang);
    case 'interval':
      return elapsed(interval ?? '', words, bang);
    case undefined:
      return rrule === undefined ? undefined : ofRfc(rrule, words, bang);
  }
}

function listOf(names: readonly string[], { and }: Vocabulary): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${and} ${last}`;
}

function withDay(every: string, day: number | 'last' | undefined, words: Vocabulary): string {
  if (day === undefined) return every;
  return `${every} ${words.onThe} ${day === 'last' ? words.lastDay : words.ordinal(day)}`;
}

function yearly(
  { every = 1, day_of_month: day, dtstart }: RuleDraft,
  words: Vocabulary,
  bang: string,
): string | undefined {
  const base = words.every('year', every, bang);
  if (day === undefined) return base;
  return day === 'last'
    ? undefined
    : `${base} ${words.on} ${words.date(day, words.months[Number(dtstart.slice(5, 7)) - 1] ?? '')}`;
}

function elapsed(interval: string, words: Vocabulary, bang: string): string | undefined {
  const [, hours, minutes] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(interval) ?? [];
  const total = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  if (total === 0) return undefined;
  return total % 60 === 0 ? words.every('hour', total / 60, bang) : words.every('minute', total, bang);
}

const RFC = new RegExp(
  String.raw`^FREQ=MONTHLY(?:;INTERVAL=(?<every>\d+))?;(?:BYMONTHDAY=(?<days>[-\d,]+)|BYDAY=(?<nth>-?\d)(?<of>[A-Z]{2})|BYDAY=${WORKDAYS};BYSETPOS=(?<position>-?\d+))$`,
);

function ofRfc(rrule: string, words: Vocabulary, bang: string): string | undefined {
  const { every = '1', days, nth, of, position } = RFC.exec(rrule)?.groups ?? {};
  const base = words.every('month', Number(every), bang);
  if (days !== undefined) {
    const names = days.split(',').map((day) => (day === '-1' ? words.lastDay : words.ordinal(Number(day))));
    return `${base} ${words.onThe} ${listOf(names, words)}`;
  }
  const at = Number(nth ?? position);
  if (Number.isNaN(at)) return undefined;
  const name = at < 0 ? words.nth[0] : (words.nth[at] ?? words.ordinal(at));
  return `${base} ${words.onThe} ${name} ${of === undefined ? words.workday : (words.weekdays[WEEKDAYS.findIndex((one) => one === of)] ?? '')}`;
}
