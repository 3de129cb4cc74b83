// English phrases of recurrence.
import { inUnits, isDayOfYear, said, sortedDays, type Groups, type Phrase, type Said } from './phrases.js';
import type { Nth, Recurrence, Time } from './recurrence.js';
import { phrase } from './span.js';
import { weekdayReader } from './weekdays.js';

const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const WEEKDAY_NAMES = [
  'mon(?:day)?',
  'tue(?:s(?:day)?)?',
  'wed(?:s|nesday)?',
  'thu(?:r(?:s(?:day)?)?)?',
  'fri(?:day)?',
  'sat(?:urday)?',
  'sun(?:day)?',
];
export const MONTH_NAMES = [
  'jan(?:uary)?',
  'feb(?:ruary)?',
  'mar(?:ch)?',
  'apr(?:il)?',
  'may',
  'june?',
  'july?',
  'aug(?:ust)?',
  'sept?(?:ember)?',
  'oct(?:ober)?',
  'nov(?:ember)?',
  'dec(?:ember)?',
];

const number = (name: string) => `(?<${name}>\\d{1,4}|${NUMBERS.join('|')})`;
const ordinal = String.raw`(?:\d{1,2}(?:st|nd|rd|th)|${ORDINALS.join('|')})`;
const weekday = `(?:${WEEKDAY_NAMES.join('|')})`;
const and = String.raw`(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*/\s*)`;
const weekdays = String.raw`(?<weekdays>${weekday}s?(?:${and}(?:every\s+)?${weekday}s?)*|${weekday}\s*(?:-|–|to)\s*${weekday})`;
const days = `(?<days>${ordinal}(?:${and}(?:the\\s+)?(?:${ordinal}|last(?: day)?))*|last day)`;
const every = String.raw`(?:every|each|ev)(?<bang>!)?\s+`;
const unit = '(?<unit>minute|hour|day|week|month|quarter|year)s?';
const date = String.raw`(?:(?<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?<month>${MONTH_NAMES.join('|')})|(?<month2>${MONTH_NAMES.join('|')})\s+(?<day2>\d{1,2})(?:st|nd|rd|th)?)`;
const nth = String.raw`(?<nth>${ordinal}|last)\s+(?<of>${weekday}|workday|work day|working day|business day|weekday|day)`;
/** An adverb before a noun is an adjective: `weekly report`. */
const adverbial = String.raw`(?=\s*(?:$|[\uE000,;.!)\n]|(?:at|on|from|starting|beginning|for|until|till|ending)(?!\p{L})|\d))`;

const ADVERBS: Readonly<Record<string, Recurrence>> = {
  hourly: { unit: 'elapsed', minutes: 60 },
  daily: { unit: 'day', every: 1 },
  weekly: { unit: 'week', every: 1, weekdays: [] },
  biweekly: { unit: 'week', every: 2, weekdays: [] },
  fortnightly: { unit: 'week', every: 2, weekdays: [] },
  monthly: { unit: 'month', every: 1, days: [] },
  quarterly: { unit: 'month', every: 3, days: [] },
  yearly: { unit: 'year', every: 1 },
  annually: { unit: 'year', every: 1 },
};

/** As users of other applications know them. */
const PARTS_OF_DAY: Readonly<Record<string, Time>> = {
  morning: { hour: 9, minute: 0 },
  afternoon: { hour: 15, minute: 0 },
  evening: { hour: 19, minute: 0 },
  night: { hour: 22, minute: 0 },
};

export const ENGLISH_PHRASES: readonly Phrase[] = [
  { pattern: phrase(`${every}(?:${number('number')}\\s+)?${unit}`), read: readUnits },
  { pattern: phrase(`${every}(?<every>other|${ordinal})\\s+${unit}`), read: readUnits },
  {
    pattern: phrase(`${every}(?:(?:${number('number')}|(?<every>other))\\s+)?weeks?\\s+on\\s+${weekdays}`),
    read: readWeekdays,
  },
  { pattern: phrase(`${every}${weekdays}`), read: readWeekdays },
  { pattern: phrase(`${every}(?<every>other|${ordinal})\\s+${weekdays}`), read: readWeekdays },
  { pattern: phrase(`on\\s+(?<weekdays>${weekday}s(?:${and}(?:on\\s+)?${weekday}s)*)`), read: readPlural },
  {
    pattern: phrase(
      `${every}(?:weekday|workday|work day|working day|business day)|on\\s+(?:weekdays|workdays)|weekdays(?=\\s+at)`,
    ),
    read: ({ bang }) => said({ unit: 'workday' }, bang),
  },
  {
    pattern: phrase(`${every}weekend|on\\s+weekends`),
    read: ({ bang }) => said({ unit: 'week', every: 1, weekdays: ['SA'] }, bang),
  },
  {
    pattern: phrase(`(?<adverb>bi-?weekly|${Object.keys(ADVERBS).join('|')})(?<bang>!)?${adverbial}`),
    read: ({ adverb = '', bang }) => said(ADVERBS[adverb.toLowerCase().replace('-', '')], bang),
  },
  {
    pattern: phrase(`(?:(?:on\\s+)?the\\s+|on\\s+|${every})?${nth}\\s+(?:of\\s+)?(?:the|every|each)\\s+month`),
    read: readNth,
  },
  {
    pattern: phrase(`${every}(?:${number('number')}\\s+|(?<every>other)\\s+)?months?\\s+on\\s+(?:the\\s+)?${nth}`),
    read: readNth,
  },
  { pattern: phrase(`monthly\\s+on\\s+(?:the\\s+)?${nth}`), read: readNth },
  {
    pattern: phrase(
      `${every}(?<nth>first|1st|last)\\s+(?<of>${weekday}|workday|work day|working day|business day|weekday)`,
    ),
    read: readNth,
  },
  {
    pattern: phrase(`${every}${days}(?:\\s+(?:day\\s+)?of\\s+(?:the|each|every)\\s+month|${adverbial})`),
    read: readDays,
  },
  { pattern: phrase(`(?:on\\s+)?the\\s+${days}\\s+(?:day\\s+)?of\\s+(?:each|every)\\s+month`), read: readDays },
  {
    pattern: phrase(
      `(?:${every}(?:${number('number')}\\s+|(?<every>other)\\s+)?(?:(?<unit>quarter|month)s?)|(?<adverb>monthly|quarterly))\\s+on\\s+(?:the\\s+)?${days}`,
    ),
    read: readDays,
  },
  {
    pattern: phrase(
      `(?:${every}(?:${number('number')}\\s+)?years?\\s+on|(?:yearly|annually)\\s+on|${every.slice(0, -3)})\\s+(?:the\\s+)?${date}`,
    ),
    read: readDate,
  },
  { pattern: phrase(`${every}(?<part>morning|afternoon|evening|night)`), read: readPartOfDay },
];

function numberOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const word = NUMBERS.indexOf(text.toLowerCase());
  return word >= 0 ? word + 1 : Number(text);
}

function ordinalOf(text: string): number {
  const word = text.toLowerCase();
  if (word.startsWith('last')) return -1;
  if (word === 'other') return 2;
  const index = ORDINALS.indexOf(word);
  return index >= 0 ? index + 1 : Number.parseInt(word, 10);
}

function everyOf({ number: count, every: position }: Groups): number {
  return position === undefined ? numberOf(count) : ordinalOf(position);
}

function readUnits(groups: Groups): Said | undefined {
  return said(inUnits(groups['unit']?.toLowerCase() ?? '', everyOf(groups)), groups['bang']);
}

const { weekdayOf, weekdaysOf } = weekdayReader({
  names: WEEKDAY_NAMES,
  separator: /[^a-z]+/i,
  range: /-|–|\sto\s/,
});

function readWeekdays(groups: Groups): Said | undefined {
  const every = everyOf(groups);
  return every < 1
    ? undefined
    : said({ unit: 'week', every, weekdays: weekdaysOf(groups['weekdays'] ?? '') }, groups['bang']);
}

function readPlural({ weekdays: names = '' }: Groups): Said | undefined {
  return said({ unit: 'week', every: 1, weekdays: weekdaysOf(names) }, undefined);
}

function readNth(groups: Groups): Said | undefined {
  const { nth: position = '', of = '', bang } = groups;
  const [at, every] = [ordinalOf(position), everyOf(groups)];
  if (/^day$/i.test(of)) return said({ unit: 'month', every, days: [at === -1 ? 'last' : at] }, bang);
  const set: Nth | undefined = /day$/i.test(of) && !weekdayOf(of) ? 'workday' : weekdayOf(of);
  if (!set || at === 0 || at > (set === 'workday' ? 20 : 5)) return undefined;
  return said({ unit: 'nth', every, nth: at, of: set }, bang);
}

function readDays(groups: Groups): Said | undefined {
  const { days: list = '', bang, unit: period, adverb } = groups;
  const numbers = list.split(new RegExp(`${and}(?:the\\s+)?`, 'i')).map((text) => ordinalOf(text));
  if (numbers.some((day) => day === 0 || day > 31)) return undefined;
  const every = everyOf(groups) * (/quarter/i.test(period ?? adverb ?? '') ? 3 : 1);
  return said({ unit: 'month', every, days: sortedDays(numbers) }, bang);
}

const MONTH_PATTERNS = MONTH_NAMES.map((name) => new RegExp(`^(?:${name})$`, 'i'));

function readDate(groups: Groups): Said | undefined {
  const text = groups['month'] ?? groups['month2'] ?? '';
  const month = MONTH_PATTERNS.findIndex((pattern) => pattern.test(text)) + 1;
  const day = Number(groups['day'] ?? groups['day2']);
  return isDayOfYear(month, day)
    ? said({ unit: 'year', every: everyOf(groups), month, day }, groups['bang'])
    : undefined;
}

function readPartOfDay({ part = '', bang }: Groups): Said | undefined {
  const time = PARTS_OF_DAY[part.toLowerCase()];
  const found = said({ unit: 'day', every: 1 }, bang);
  return found && time && { ...found, time };
}
