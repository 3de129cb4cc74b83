// German phrases of recurrence.
import { inUnits, isDayOfYear, said, sortedDays, type Groups, type Phrase, type Said } from './phrases.js';
import type { Recurrence, Time } from './recurrence.js';
import { phrase } from './span.js';
import { weekdayReader } from './weekdays.js';

const NUMBERS = [
  'eine?[nrs]?',
  'zwei',
  'drei',
  'vier',
  'fünf',
  'sechs',
  'sieben',
  'acht',
  'neun',
  'zehn',
  'elf',
  'zwölf',
];
const ORDINALS = ['erste', 'zweite', 'dritte', 'vierte', 'fünfte', 'sechste', 'siebte', 'achte', 'neunte', 'zehnte'];
const WEEKDAY_NAMES = [
  'mo(?:ntag)?',
  'di(?:enstag)?',
  'mi(?:ttwoch)?',
  'do(?:nnerstag)?',
  'fr(?:eitag)?',
  'sa(?:mstag)?|sonnabend',
  'so(?:nntag)?',
];
export const GERMAN_MONTH_NAMES = [
  'jan(?:uar)?|jänner',
  'feb(?:ruar)?',
  'märz|mrz',
  'apr(?:il)?',
  'mai',
  'juni?',
  'juli?',
  'aug(?:ust)?',
  'sept?(?:ember)?',
  'okt(?:ober)?',
  'nov(?:ember)?',
  'dez(?:ember)?',
];

const number = `(?<number>\\d{1,4}|${NUMBERS.join('|')})`;
const ordinal = String.raw`(?:\d{1,2}\.|(?:${ORDINALS.join('|')})[nrs]?)`;
const weekday = `(?:${WEEKDAY_NAMES.join('|')})`;
const and = String.raw`(?:\s*,\s*(?:und\s+)?|\s+und\s+|\s*&\s*|\s*/\s*)`;
const each = String.raw`jede[nrsm]?(?<bang>!)?\s+`;
const weekdays = String.raw`(?<weekdays>${weekday}(?:${and}(?:jede[nrsm]?\s+|am\s+)?${weekday})*|${weekday}\s*(?:-|–|bis)\s*${weekday})`;
const days = String.raw`(?<days>\d{1,2}\.(?:${and}(?:am\s+)?(?:\d{1,2}\.|letzten(?: tag)?))*|letzten tag|monatsletzten)`;
const unit = '(?<unit>minute|stunde|tage?|woche|monate?|quartale?|jahre?)n?';
const workday = '(?:werktag|arbeitstag|wochentag)s?';
const date = String.raw`(?<day>\d{1,2})\.\s*(?:(?<month>${GERMAN_MONTH_NAMES.join('|')})|(?<month2>\d{1,2})\.)`;
const nth = String.raw`(?<nth>${ordinal}|letzte[nrs]?)\s+(?<of>${weekday}|${workday}|tag)`;
const ofMonth = '(?:im\\s+monat|(?:des|jedes|jeden|eines\\s+jeden)\\s+monats?)';
const adverbs = String.raw`(?:ab|bis|um|am|von|vom|für|gegen)(?!\p{L})`;
/** An adverb before a noun is an adjective. */
const adverbial = String.raw`(?=\s*(?:$|[\uE000,;.!)\n]|${adverbs}|\d))`;

const UNITS: readonly [RegExp, string][] = [
  [/^minute/i, 'minute'],
  [/^stunde/i, 'hour'],
  [/^tag/i, 'day'],
  [/^woche/i, 'week'],
  [/^monat/i, 'month'],
  [/^quartal/i, 'quarter'],
  [/^jahr/i, 'year'],
];

const ADVERBS: Readonly<Record<string, Recurrence>> = {
  stündlich: { unit: 'elapsed', minutes: 60 },
  täglich: { unit: 'day', every: 1 },
  wöchentlich: { unit: 'week', every: 1, weekdays: [] },
  zweiwöchentlich: { unit: 'week', every: 2, weekdays: [] },
  '14-tägig': { unit: 'week', every: 2, weekdays: [] },
  monatlich: { unit: 'month', every: 1, days: [] },
  vierteljährlich: { unit: 'month', every: 3, days: [] },
  quartalsweise: { unit: 'month', every: 3, days: [] },
  halbjährlich: { unit: 'month', every: 6, days: [] },
  jährlich: { unit: 'year', every: 1 },
};

/** As users of other applications know them. */
const PARTS_OF_DAY: Readonly<Record<string, Time>> = {
  morgen: { hour: 9, minute: 0 },
  mittag: { hour: 12, minute: 0 },
  nachmittag: { hour: 15, minute: 0 },
  abend: { hour: 19, minute: 0 },
};

export const GERMAN_PHRASES: readonly Phrase[] = [
  { pattern: phrase(`alle(?<bang>!)?\\s+${number}\\s+${unit}`), read: readUnits },
  { pattern: phrase(`${each}(?:(?<every>${ordinal})\\s+)?${unit}`), read: readUnits },
  {
    pattern: phrase(
      `(?:alle(?<bang>!)?\\s+${number}\\s+wochen|jede(?<bang>!)?\\s+(?:(?<every>${ordinal})\\s+)?woche|wöchentlich)\\s+(?:am|immer)\\s+${weekdays}`,
    ),
    read: readWeekdays,
  },
  { pattern: phrase(`${each}(?:(?<every>${ordinal})\\s+)?${weekdays}`), read: readWeekdays },
  { pattern: phrase(`(?<weekdays>${weekday}s(?:${and}${weekday}s)*)`), read: readAdverbs },
  {
    pattern: phrase(`${each}${workday}|(?:werk|wochen)tags|an\\s+werktagen`),
    read: ({ bang }) => said({ unit: 'workday' }, bang),
  },
  {
    pattern: phrase(`${each}wochenende|wochenends|am\\s+wochenende\\s+immer`),
    read: ({ bang }) => said({ unit: 'week', every: 1, weekdays: ['SA'] }, bang),
  },
  {
    pattern: phrase(`(?<adverb>${Object.keys(ADVERBS).join('|')})(?<bang>!)?`),
    read: ({ adverb = '', bang }) => said(ADVERBS[adverb.toLowerCase()], bang),
  },
  {
    pattern: phrase(`(?:immer\\s+)?(?:am\\s+|an\\s+jedem\\s+|jeweils\\s+am\\s+|${each})?${nth}\\s+${ofMonth}`),
    read: readNth,
  },
  {
    pattern: phrase(
      `(?:(?:alle(?<bang>!)?\\s+${number}\\s+monate|jeden(?<bang>!)?\\s+(?:(?<every>${ordinal})\\s+)?monat|monatlich)\\s+am)\\s+${nth}`,
    ),
    read: readNth,
  },
  { pattern: phrase(`${each}(?<nth>1\\.|ersten?|letzte[nrs]?)\\s+(?<of>${weekday}|${workday})`), read: readNth },
  { pattern: phrase(`${each}${days}(?:\\s+${ofMonth}|${adverbial})`), read: readDays },
  {
    pattern: phrase(`(?:immer\\s+)?am\\s+${days}\\s+(?:tag\\s+)?(?:jede[ns]|des|eines\\s+jeden)\\s+monats`),
    read: readDays,
  },
  {
    pattern: phrase(
      `(?:(?:alle(?<bang>!)?\\s+${number}\\s+(?<unit>monate|quartale)|jede[ns](?<bang>!)?\\s+(?:(?<every>${ordinal})\\s+)?(?<unit2>monat|quartal))|(?<adverb>monatlich|vierteljährlich))\\s+am\\s+${days}`,
    ),
    read: readDays,
  },
  {
    pattern: phrase(
      `(?:alle(?<bang>!)?\\s+${number}\\s+jahre|jedes(?<bang>!)?\\s+jahr|jährlich|jede[ns](?<bang>!)?)\\s+(?:am\\s+)?${date}`,
    ),
    read: readDate,
  },
  { pattern: phrase(`${each}(?<part>morgen|mittag|nachmittag|abend)`), read: readPartOfDay },
];

const NUMBER_PATTERNS = NUMBERS.map((name) => new RegExp(`^(?:${name})$`, 'i'));

function numberOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const word = NUMBER_PATTERNS.findIndex((pattern) => pattern.test(text));
  return word >= 0 ? word + 1 : Number(text);
}

function ordinalOf(text: string): number {
  const word = text.toLowerCase();
  if (/^(?:letzte|monatsletzte)/.test(word)) return -1;
  const index = ORDINALS.findIndex((name) => word.startsWith(name));
  return index >= 0 ? index + 1 : Number.parseInt(word, 10);
}

function everyOf({ number: count, every: position }: Groups): number {
  return position === undefined ? numberOf(count) : ordinalOf(position);
}

function unitOf(text: string): string {
  return UNITS.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

function readUnits(groups: Groups): Said | undefined {
  return said(inUnits(unitOf(groups['unit'] ?? ''), everyOf(groups)), groups['bang']);
}

const { weekdayOf, weekdaysOf } = weekdayReader({
  names: WEEKDAY_NAMES,
  separator: /[^a-zäöü]+/i,
  range: /-|–|\sbis\s/,
});

function readWeekdays(groups: Groups): Said | undefined {
  const every = everyOf(groups);
  return every < 1
    ? undefined
    : said({ unit: 'week', every, weekdays: weekdaysOf(groups['weekdays'] ?? '') }, groups['bang']);
}

/** Only whole names: `so` and `mo` with an `s` are other words. */
function readAdverbs({ weekdays: names = '' }: Groups): Said | undefined {
  if (names.split(new RegExp(and, 'i')).some((name) => name.length < 6)) return undefined;
  return said({ unit: 'week', every: 1, weekdays: weekdaysOf(names) }, undefined);
}

function readNth(groups: Groups): Said | undefined {
  const { nth: position = '', of = '', bang } = groups;
  const [at, every] = [ordinalOf(position), everyOf(groups)];
  if (/^tag$/i.test(of))
    return at > 31 ? undefined : said({ unit: 'month', every, days: [at === -1 ? 'last' : at] }, bang);
  const set = /^(?:werk|arbeits|wochen)tag/i.test(of) ? 'workday' : weekdayOf(of);
  if (!set || at === 0 || at > (set === 'workday' ? 20 : 5)) return undefined;
  return said({ unit: 'nth', every, nth: at, of: set }, bang);
}

function readDays(groups: Groups): Said | undefined {
  const { days: list = '', bang, unit: period, unit2, adverb } = groups;
  const numbers = list.split(new RegExp(`${and}(?:am\\s+)?`, 'i')).map((text) => ordinalOf(text));
  if (numbers.some((day) => day === 0 || day > 31)) return undefined;
  const every = everyOf(groups) * (/quartal|viertel/i.test(period ?? unit2 ?? adverb ?? '') ? 3 : 1);
  return said({ unit: 'month', every, days: sortedDays(numbers) }, bang);
}

const MONTH_PATTERNS = GERMAN_MONTH_NAMES.map((name) => new RegExp(`^(?:${name})$`, 'i'));

export function germanMonthOf(text: string): number {
  return MONTH_PATTERNS.findIndex((pattern) => pattern.test(text)) + 1;
}

function readDate(groups: Groups): Said | undefined {
  const month = groups['month'] === undefined ? Number(groups['month2']) : germanMonthOf(groups['month']);
  const day = Number(groups['day']);
  return isDayOfYear(month, day)
    ? said({ unit: 'year', every: everyOf(groups), month, day }, groups['bang'])
    : undefined;
}

function readPartOfDay({ part = '', bang }: Groups): Said | undefined {
  const time = PARTS_OF_DAY[part.toLowerCase()];
  const found = said({ unit: 'day', every: 1 }, bang);
  return found && time && { ...found, time };
}
