// The values that each type of field takes.
import { DATE_EXAMPLES, namesDays, readDate } from './dates.js';
import { FIELDS, type Field, type FieldName, type Operator, type Span, type Value } from './filter.js';
import { FilterError, nearest } from './filter-error.js';
import type { Scanner } from './scanner.js';

const EQUALITY: readonly Operator[] = [':', '!='];
const ORDER: readonly Operator[] = [':', '!=', '<', '<=', '>', '>='];
/** The form of an id. */
export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ISO_DURATION = /^P(?=[\dT])(?:\d+W|(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;
const SHORT_DURATION = /^(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})(?:m|min))?$/;

export function operatorsOf({ type }: Field): readonly Operator[] {
  return type === 'rank' || type === 'instant' || type === 'day' || type === 'duration' ? ORDER : EQUALITY;
}

/** For messages and completions: what may follow the operator. */
export function examplesOf(field: Field): readonly string[] {
  const none = field.nullable ? ['none'] : [];
  switch (field.type) {
    case 'word':
    case 'rank':
      return field.words ?? [];
    case 'member':
      return ['me', ...none];
    case 'instant':
    case 'day':
      return [...DATE_EXAMPLES, ...none];
    case 'duration':
      return ['30m', '2h', '1d', ...none];
    case 'tag':
    case 'task':
      return none;
    case 'list':
    case 'title':
      return [];
  }
}

/** @throws FilterError */
export function readValue(scanner: Scanner, name: FieldName, operator: Operator): Value {
  const field: Field = FIELDS[name];
  const isNone = scanner.takeWord('none');
  if (isNone) return noneOf(name, field, operator, isNone);
  if (field.type === 'instant' || field.type === 'day') return readDateValue(scanner, name, field);
  const { text, span } = scanner.takeValue(name, examplesOf(field));
  return valueOf(name, field, { kind: 'text', text, span });
}

function noneOf(name: FieldName, field: Field, operator: Operator, span: Span): Value {
  if (!field.nullable)
    throw new FilterError(`Every task has a ${name}: "none" matches nothing.`, span, examplesOf(field));
  if (operator !== ':' && operator !== '!=')
    throw new FilterError(`"none" has no order: write ${name}:none or ${name} != none.`, span, [`:`, `!=`]);
  return { kind: 'none' };
}

function readDateValue(scanner: Scanner, name: FieldName, { type, nullable }: Field): Value {
  const found = scanner.takeParsed(readDate);
  if (!found) {
    const { text, span } = scanner.peekValue();
    const expected = [...DATE_EXAMPLES, ...(nullable ? ['none'] : [])];
    const months = /^[+-]\d+m$/.test(text) ? ' Write min for minutes or mo for months.' : '';
    const given = text === '' ? `Expected a date after "${name}".` : `"${text}" is not a date.`;
    throw new FilterError(`${given}${months}`, span, expected);
  }
  if (type === 'day' && !namesDays(found.value))
    throw new FilterError(`"${name}" is a day: a time of day does not apply.`, found.span, DATE_EXAMPLES);
  return { kind: 'date', date: found.value };
}

function valueOf(name: FieldName, field: Field, value: Extract<Value, { kind: 'text' }>): Value {
  const { text, span } = value;
  switch (field.type) {
    case 'word':
    case 'rank': {
      const words = field.words ?? [];
      const word = text.toLowerCase();
      if (words.includes(word)) return { ...value, text: word };
      const near = nearest(word, words);
      throw new FilterError(`"${text}" is not a ${name}.${near ? ` Did you mean "${near}"?` : ''}`, span, words);
    }
    case 'task':
      if (UUID.test(text)) return { ...value, text: text.toLowerCase() };
      throw new FilterError(`Expected the id of a ${name === 'template' ? 'template' : 'task'}.`, span, ['none']);
    case 'duration':
      return { kind: 'duration', iso: durationOf(text, span) };
    case 'tag':
    case 'member':
    case 'list':
    case 'title':
    case 'instant':
    case 'day':
      return value;
  }
}

function durationOf(text: string, span: Span): string {
  const iso = text.toUpperCase();
  if (ISO_DURATION.test(iso)) return iso;
  const [match, days, hours, minutes] = SHORT_DURATION.exec(text.toLowerCase()) ?? [];
  if (!match) throw new FilterError(`"${text}" is not a duration.`, span, ['30m', '1h30m', '2d', 'PT45M']);
  const time = (hours === undefined ? '' : `${hours}H`) + (minutes === undefined ? '' : `${minutes}M`);
  return `P${days === undefined ? '' : `${days}D`}${time === '' ? '' : `T${time}`}`;
}
