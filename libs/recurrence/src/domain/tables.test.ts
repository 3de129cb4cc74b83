// The recurrence tables that other projects' tests have been distilled into. They are not part of the repository:
// MONO_RECURRENCE_TABLES names their folder, or they lie in `../shared/recurrence` beside the checkout.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '@mono/contract/errors';
import { Budget } from './budget.js';
import { candidatesOf } from './candidates.js';
import { formatLocal, readMoment } from './local-time.js';
import { parseRrule } from './parse-rrule.js';
import { Schedule } from './schedule.js';
import { take } from './take.js';

interface Row {
  name: string;
  dtstart: string;
  rrule: string | null;
  rdate?: string[];
  exdate?: string[];
  expected: string[];
  /** Absent where `expected` is known to be a prefix or all by COUNT and UNTIL. */
  finite?: boolean;
  rfc_invalid: string | null;
}

const FOLDER = process.env['MONO_RECURRENCE_TABLES'] ?? resolve('../shared/recurrence');
const FILES = ['dateutil_rrule.jsonl', 'libical_rrule.jsonl', 'icaljs_rrule.jsonl'];

/** Rows that contradict others of the tables, or what RFC 5545 says; decisions/0001-own-engine.md has the reasons. */
const EVERY_MONTH = 'BYMONTHDAY without BYMONTH is every month, as in dateutil, not that of DTSTART only';
const NOT_IN_RULE = 'DTSTART is not in the rule, so that it is no occurrence';
const WEEKS_FROM_END = 'week -28 of a year of 52 is week 25';
const CONTESTED: Record<string, Record<string, string>> = {
  'dateutil_rrule.jsonl': {
    'FREQ=YEARLY;COUNT=3;BYWEEKNO=20':
      'BYWEEKNO without BYDAY is on the weekday of DTSTART, as in libical, not all week',
  },
  'libical_rrule.jsonl': {
    'FREQ=YEARLY;BYMONTHDAY=29;COUNT=3': EVERY_MONTH,
    'FREQ=YEARLY;BYMONTHDAY=-29,-1;COUNT=4': EVERY_MONTH,
  },
  'icaljs_rrule.jsonl': {
    'FREQ=YEARLY;BYMONTHDAY=-1': EVERY_MONTH,
    'FREQ=YEARLY;BYMONTH=6,9;BYWEEKNO=23': NOT_IN_RULE,
    'FREQ=YEARLY;BYMONTHDAY=4,5,6,7,8;BYWEEKNO=23': NOT_IN_RULE,
    'FREQ=MONTHLY;BYSETPOS=-1;BYDAY=SU,MO,TU,WE,TH,FR,SA;INTERVAL=1;COUNT=4': NOT_IN_RULE,
    'FREQ=MONTHLY;BYSETPOS=2;BYDAY=SU,MO,TU,WE,TH,FR,SA;INTERVAL=1;COUNT=4': NOT_IN_RULE,
    'FREQ=YEARLY;BYMONTH=6,9;BYWEEKNO=-28': WEEKS_FROM_END,
    'FREQ=YEARLY;BYMONTHDAY=-27,-26,-25,-24,-23;BYWEEKNO=-28': WEEKS_FROM_END,
    'FREQ=YEARLY;BYMONTHDAY=4,5,6,7,8;BYWEEKNO=-28': WEEKS_FROM_END,
  },
};

const absent = !existsSync(join(FOLDER, FILES[0] ?? ''));
if (absent)
  process.stderr.write(`No recurrence tables in ${FOLDER}: set MONO_RECURRENCE_TABLES to check against them.\n`);
const describeTables = absent ? describe.skip : describe;

const rowsOf = (file: string): Row[] =>
  readFileSync(join(FOLDER, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

/** `19970902T090000` as `1997-09-02T09:00:00`; a `Z` means UTC, in which every row is expanded. */
function extended(text: string): string {
  return text.replace(/^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2}))?Z?$/, (_all, y, m, d, hour, minute, second) =>
    hour === undefined ? `${y}-${m}-${d}` : `${y}-${m}-${d}T${hour}:${minute}:${second}`,
  );
}

const midnightOf = (text: string): string => (text.length === 10 ? `${text}T00:00:00` : text);

function expand(row: Row, most: number): string[] {
  const dtstart = extended(row.dtstart);
  const dates = { rdate: row.rdate?.map(extended) ?? null, exdate: row.exdate?.map(extended) ?? null };
  if (row.rrule && /FREQ=SECONDLY/i.test(row.rrule)) return expandSecondly(row.rrule, dtstart, most);
  try {
    const schedule = Schedule.of({ dtstart, timezone: 'UTC', rrule: row.rrule, ...dates });
    return take(schedule.between(), most).map(({ originalStart }) => originalStart);
  } catch (error) {
    if (/never occurs|ends before the first/.test(String(error))) return [];
    throw error;
  }
}

/** The API refuses them, the engine knows them. */
function expandSecondly(rrule: string, dtstart: string, most: number): string[] {
  const parts = parseRrule(rrule);
  const last = parts.until?.seconds ?? Infinity;
  const found: number[] = [];
  for (const batch of candidatesOf(parts, readMoment(dtstart)?.seconds ?? NaN).between(
    -Infinity,
    last,
    new Budget(Infinity),
  )) {
    found.push(...batch.filter((local) => local <= last));
    if (found.length >= most) break;
  }
  return found.slice(0, Math.min(most, parts.count ?? Infinity)).map(formatLocal);
}

const isEndless = ({ rrule, finite }: Row): boolean =>
  finite === false || !(rrule === null || /COUNT|UNTIL/i.test(rrule));

const isWrong = (row: Row): boolean => {
  const expected = row.expected.map((text) => midnightOf(extended(text)));
  const found = expand(row, isEndless(row) ? expected.length : expected.length + 1);
  return JSON.stringify(found) !== JSON.stringify(expected);
};

describeTables.each(FILES)('%s', (file) => {
  const rows = absent ? [] : rowsOf(file);
  const contested = CONTESTED[file] ?? {};

  test('every row that RFC 5545 allows comes out, but the contested', () => {
    const valid = rows.filter((row) => row.rfc_invalid === null);
    const wrong = valid.filter(isWrong).map(({ rrule }) => rrule ?? '');
    process.stdout.write(`${file}: ${valid.length - wrong.length} of ${valid.length} rows\n`);
    expect(valid.length).toBeGreaterThan(100);
    expect(wrong.sort()).toEqual(Object.keys(contested).sort());
  });

  test('every row that RFC 5545 forbids is refused, but several rules at once, which no rule can say', () => {
    const forbidden = rows.filter((row) => row.rfc_invalid !== null && !/multiple|EXRULE/.test(row.rfc_invalid));
    expect(forbidden.length).toBeGreaterThan(0);
    for (const { rrule, dtstart } of forbidden)
      expect(() => Schedule.of({ dtstart: extended(dtstart), rrule })).toThrow(InvalidInputError);
  });
});
