// Parses the text of an RRULE, strictly by RFC 5545: each part by itself, then the parts together.
import { quote, refuse } from './faults.js';
import { readMoment } from './local-time.js';
import { sorted } from './sorted.js';
import { FREQUENCIES, type Frequency, type NthWeekday, type RecurrenceParts, type Until } from './recurrence-parts.js';
import { MAX_RRULE_CHARACTERS, MAX_RULE_COUNT, WEEKDAYS, type Weekday } from '../../contract/rule-constants.js';

/** The most periods that an RRULE may leave out. */
const MAX_INTERVAL = 1_000_000;

const no = (issue: string): never => refuse('rrule', issue);

/** @param text such as `FREQ=MONTHLY;BYDAY=-1FR`, in any case. @throws InvalidInputError: `rule.rrule` */
export function parseRrule(text: string): RecurrenceParts {
  if (text.length > MAX_RRULE_CHARACTERS) no(`must have at most ${MAX_RRULE_CHARACTERS} characters`);
  if (/[\r\n]/.test(text) || /rrule:/i.test(text)) no('must be one recurrence rule, without RRULE: and line breaks');
  const values = splitParts(text.toUpperCase());
  const parts: RecurrenceParts = { frequency: readFrequency(values.get('FREQ')), interval: 1, weekStart: 0 };
  for (const [name, value] of values) READERS[name as PartName](value, parts);
  if (parts.count !== undefined && parts.until !== undefined) no('must not hold both COUNT and UNTIL');
  return parts;
}

function splitParts(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (!Object.hasOwn(READERS, name))
      no(name === '' ? 'holds an empty part' : `holds the unknown part ${quote(name)}`);
    if (values.has(name)) no(`holds ${name} twice`);
    if (at < 0 || part.length === at + 1) no(`${name} has no value`);
    values.set(name, part.slice(at + 1));
  }
  return values;
}

function readFrequency(value: string | undefined): Frequency {
  const frequency = FREQUENCIES.find((name) => name === value);
  return frequency ?? no(value === undefined ? 'must hold FREQ' : `FREQ must be one of ${FREQUENCIES.join(', ')}`);
}

type PartName = keyof typeof READERS;
type Reader = (value: string, parts: RecurrenceParts) => void;

const READERS = {
  FREQ: () => undefined,
  INTERVAL: (value, parts) => void (parts.interval = readNumber('INTERVAL', value, 1, MAX_INTERVAL)),
  COUNT: (value, parts) => void (parts.count = readNumber('COUNT', value, 1, MAX_RULE_COUNT)),
  UNTIL: (value, parts) => void (parts.until = readUntil(value)),
  WKST: (value, parts) => void (parts.weekStart = readWeekday('WKST', value)),
  BYMONTH: (value, parts) => void (parts.byMonth = readNumbers('BYMONTH', value, 1, 12)),
  BYWEEKNO: (value, parts) => void (parts.byWeekNo = readNumbers('BYWEEKNO', value, 1, 53, true)),
  BYYEARDAY: (value, parts) => void (parts.byYearDay = readNumbers('BYYEARDAY', value, 1, 366, true)),
  BYMONTHDAY: (value, parts) => void (parts.byMonthDay = readNumbers('BYMONTHDAY', value, 1, 31, true)),
  BYDAY: (value, parts) => void (parts.byDay = readNthWeekdays(value)),
  BYHOUR: (value, parts) => void (parts.byHour = readNumbers('BYHOUR', value, 0, 23)),
  BYMINUTE: (value, parts) => void (parts.byMinute = readNumbers('BYMINUTE', value, 0, 59)),
  BYSECOND: (value, parts) => void (parts.bySecond = readSeconds(value)),
  BYSETPOS: (value, parts) => void (parts.bySetPos = readNumbers('BYSETPOS', value, 1, 366, true)),
} satisfies Record<string, Reader>;

function readNumber(name: string, text: string, min: number, max: number): number {
  const number = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : NaN;
  return number >= min && number <= max ? number : no(`${name} must be an integer from ${min} to ${max}`);
}

function readNumbers(name: string, text: string, min: number, max: number, signed = false): number[] {
  const numbers = text.split(',').map((item) => {
    const number = /^[+-]?\d{1,3}$/.test(item) ? Number(item) : NaN;
    const size = signed ? Math.abs(number) : number;
    if (size >= min && size <= max) return number;
    return no(`${name} must hold integers from ${min} to ${max}${signed ? `, or from -${max} to -${min}` : ''}`);
  });
  return sorted(numbers);
}

/** A leap second counts as the second before, as RFC 5545 wants where none are known. */
function readSeconds(text: string): number[] {
  return sorted(readNumbers('BYSECOND', text, 0, 60).map((second) => Math.min(second, 59)));
}

function readWeekday(name: string, text: string): number {
  const weekday = WEEKDAYS.indexOf(text as Weekday);
  return weekday >= 0 ? weekday : no(`${name} must hold days of the week out of ${WEEKDAYS.join(', ')}`);
}

/** Removes duplicates. */
function readNthWeekdays(text: string): NthWeekday[] {
  const days = new Map(text.split(',').map((item) => [item, readNthWeekday(item)]));
  return [...new Map([...days.values()].map((day) => [day.weekday * 1_000 + day.nth, day])).values()];
}

function readNthWeekday(text: string): NthWeekday {
  const [, nth, day = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? [];
  const weekday = readWeekday('BYDAY', day);
  const number = nth === undefined ? 0 : Number(nth);
  if (nth !== undefined && (number === 0 || Math.abs(number) > 53))
    no('BYDAY must count from 1 to 53, or from -53 to -1');
  return { weekday, nth: number };
}

const UNTIL = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;

function readUntil(text: string): Until {
  const extended = text.replace(UNTIL, (_all, y, m, d, hour, minute, second, zulu) =>
    hour === undefined ? `${y}-${m}-${d}` : `${y}-${m}-${d}T${hour}:${minute}:${second}${zulu}`,
  );
  const moment = UNTIL.test(text) ? readMoment(extended) : undefined;
  return moment
    ? untilOf(moment)
    : no('UNTIL must be a date or time such as 20261231, 20261231T235959 or 20261231T225959Z');
}

/** A date means its whole day. */
export function untilOf(moment: { seconds: number; isInstant: boolean; isDate: boolean }): Until {
  return { seconds: moment.isDate ? moment.seconds + 86_399 : moment.seconds, isInstant: moment.isInstant };
}

/** BYSETPOS needs one of them. */
const BY_PARTS = [
  'byMonth',
  'byWeekNo',
  'byYearDay',
  'byMonthDay',
  'byDay',
  'byHour',
  'byMinute',
  'bySecond',
] as const satisfies (keyof RecurrenceParts)[];

/** Combinations that RFC 5545, 3.3.10 forbids or this service does not support. @throws InvalidInputError: `rule.rrule` */
export function checkRrule(parts: RecurrenceParts): void {
  const { frequency } = parts;
  if (frequency === 'SECONDLY') no('FREQ=SECONDLY is not supported; the finest is MINUTELY');
  if (parts.byWeekNo && frequency !== 'YEARLY') no(`BYWEEKNO is for FREQ=YEARLY only, not ${frequency}`);
  if (parts.byYearDay && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(frequency))
    no(`BYYEARDAY is not for FREQ=${frequency}`);
  if (parts.byMonthDay && frequency === 'WEEKLY') no('BYMONTHDAY is not for FREQ=WEEKLY');
  if (parts.byDay?.some(({ nth }) => nth !== 0)) {
    if (frequency !== 'MONTHLY' && frequency !== 'YEARLY') no(`BYDAY with a number is not for FREQ=${frequency}`);
    if (parts.byWeekNo) no('BYDAY with a number is not allowed beside BYWEEKNO');
  }
  if (parts.bySetPos && BY_PARTS.every((name) => parts[name] === undefined)) no('BYSETPOS needs another BY… part');
}
