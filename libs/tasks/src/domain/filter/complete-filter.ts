// Completions for a position in a filter that is being typed.
import { FIELDS, FLAGS, type Field, type FieldName, type Span } from './filter.js';
import { FilterError } from './filter-error.js';
import { parseFilter } from './parse-filter.js';
import { examplesOf, operatorsOf } from './values.js';

export interface Completion {
  /** Replaces the text of `completions.start` to `completions.end`. */
  text: string;
  kind: 'field' | 'flag' | 'operator' | 'value' | 'logic';
}

export interface Completions extends Span {
  items: Completion[];
}

/** The field whose values are offered by the caller, who knows them: tags, lists, members. */
export interface OpenField extends Completions {
  field: FieldName | undefined;
  prefix: string;
}

const AFTER_OPERATOR =
  /([\p{L}_][\p{L}\p{N}_-]*)\s*(!=|<=|>=|[:=<>])\s*(?:\((?:[^()"]|"[^"]*")*,?\s*)?("?)([^\s&|!(),"<>=]*|[^"]*)$/u;
const WORD_AT_END = /[\p{L}_][\p{L}\p{N}_-]*$/u;
const LAST_WORD = /([\p{L}_][\p{L}\p{N}_-]*)\s*$/u;

/** The completions at `cursor`, from the text before it alone. */
export function completeFilter(filter: string, cursor: number): OpenField {
  const before = filter.slice(0, Math.max(0, Math.min(cursor, filter.length)));
  if (isInsideText(before)) return { items: [], start: cursor, end: cursor, field: undefined, prefix: '' };
  return valuesAt(before) ?? wordsAt(before);
}

function valuesAt(before: string): OpenField | undefined {
  const match = AFTER_OPERATOR.exec(before);
  const name = match?.[1]?.toLowerCase();
  const prefix = match?.[4] ?? '';
  if (!match || name === undefined || !Object.hasOwn(FIELDS, name)) return undefined;
  // After a value and a space comes logic, unless the value is of several words.
  if (/\s$/.test(prefix) && isWhole(before)) return undefined;
  const field = name as FieldName;
  const start = before.length - prefix.length - (match[3] === '"' ? 1 : 0);
  const items = startingWith(prefix, examplesOf(FIELDS[field])).map((text) => ({ text, kind: 'value' as const }));
  return { items, start, end: before.length, field, prefix };
}

function wordsAt(before: string): OpenField {
  const prefix = WORD_AT_END.exec(before)?.[0] ?? '';
  const start = before.length - prefix.length;
  const at = { start, end: before.length, field: undefined, prefix };
  const ahead = before.slice(0, start);
  if (ahead.trim() !== '' && isWhole(ahead)) {
    const logic = ['&', '|'].map((text) => ({ text, kind: 'logic' as const }));
    return { ...at, items: prefix === '' ? logic : [] };
  }
  const word = LAST_WORD.exec(before)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(FIELDS, word)) {
    const field: Field = FIELDS[word as FieldName];
    const operators = operatorsOf(field).map((text) => ({ text, kind: 'operator' as const }));
    return { ...at, start: before.length, items: operators };
  }
  return {
    ...at,
    items: [
      ...startingWith(prefix, Object.keys(FIELDS)).map((text) => ({ text, kind: 'field' as const })),
      ...startingWith(prefix, Object.keys(FLAGS)).map((text) => ({ text, kind: 'flag' as const })),
    ],
  };
}

/** Whether the text is a filter already, apart from parentheses that are not closed yet. */
function isWhole(text: string): boolean {
  const open = text.split('(').length - text.split(')').length;
  try {
    parseFilter(text + ')'.repeat(Math.max(0, open)));
    return true;
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}

/** Within quotation marks that are no value: text to search for cannot be completed. */
function isInsideText(before: string): boolean {
  const quotes = before.match(/"/g)?.length ?? 0;
  return quotes % 2 === 1 && !/[:=<>(,]\s*"[^"]*$/.test(before);
}

function startingWith(prefix: string, words: readonly string[]): string[] {
  const wanted = prefix.toLowerCase();
  return words.filter((word) => word.startsWith(wanted) && word !== wanted);
}
