// The parser: recursive descent, one function a rule.
//
//   filter     = and { "|" and }
//   and        = not { "&" not }
//   not        = "!" not | "(" filter ")" | condition
//   condition  = '"' text '"' | flag | field operator ( value | "(" value { "," value } ")" )
import {
  FIELDS,
  FLAGS,
  MAX_FILTER_CONDITIONS,
  MAX_FILTER_DEPTH,
  type FieldName,
  type FilterNode,
  type FlagName,
  type Operator,
  type ParsedFilter,
  type Token,
  type Value,
} from './filter.js';
import { MAX_FILTER_CHARACTERS } from '../../../contract/task-constants.js';
import { FilterError, nearest } from './filter-error.js';
import { Scanner } from './scanner.js';
import { operatorsOf, readValue } from './values.js';

const FIELD_NAMES = Object.keys(FIELDS);
const FLAG_NAMES = Object.keys(FLAGS);
const CONDITION = ['a field', 'a flag', '"text"', '!', '('];
const WORDS_OF_LOGIC: Readonly<Record<string, string>> = { and: '&', or: '|', not: '!' };

/** @throws FilterError, and nothing else, for any text. */
export function parseFilter(text: string): ParsedFilter {
  const { parsed, error } = analyseFilter(text);
  if (error) throw error;
  return parsed;
}

export type Analysis = { tokens: readonly Token[] } & (
  { parsed: ParsedFilter; error?: undefined } | { parsed?: undefined; error: FilterError }
);

/** The tokens up to the fault, where there is one. */
export function analyseFilter(text: string): Analysis {
  const scanner = new Scanner(text);
  const { tokens } = scanner;
  try {
    if (text.length > MAX_FILTER_CHARACTERS) {
      const beyond = { start: MAX_FILTER_CHARACTERS, end: text.length };
      throw new FilterError(`A filter has at most ${MAX_FILTER_CHARACTERS} characters.`, beyond);
    }
    return { tokens, parsed: new Parser(scanner).parse() };
  } catch (error) {
    if (error instanceof FilterError) return { tokens, error };
    throw error;
  }
}

class Parser {
  private depth = 0;
  private conditions = 0;

  constructor(private readonly scanner: Scanner) {}

  parse(): ParsedFilter {
    const node = this.readOr();
    if (!this.scanner.atEnd) throw this.unexpected('&', '|');
    return { node, tokens: this.scanner.tokens };
  }

  private readOr(): FilterNode {
    return this.readSeveral('or', '|', () => this.readSeveral('and', '&', () => this.readNot()));
  }

  private readSeveral(kind: 'and' | 'or', symbol: string, read: () => FilterNode): FilterNode {
    const nodes = [read()];
    while (this.takeLogic(symbol)) nodes.push(read());
    const [first] = nodes;
    return nodes.length === 1 && first ? first : { kind, nodes };
  }

  private readNot(): FilterNode {
    this.depth += 1;
    if (this.depth > MAX_FILTER_DEPTH)
      throw new FilterError(`A filter is at most ${MAX_FILTER_DEPTH} levels deep.`, this.scanner.here());
    const node = this.readOne();
    this.depth -= 1;
    return node;
  }

  private readOne(): FilterNode {
    if (this.takeLogic('!')) return { kind: 'not', node: this.readNot() };
    if (!this.scanner.take('(', 'parenthesis')) return this.readCondition();
    const node = this.readOr();
    if (!this.scanner.take(')', 'parenthesis')) throw this.unexpected(')', '&', '|');
    return node;
  }

  /** A symbol, or its word: `and`, `or`, `not`. */
  private takeLogic(symbol: string): boolean {
    if (this.scanner.take(symbol, 'logic')) return true;
    const word = this.scanner.peekWord();
    if (!word || WORDS_OF_LOGIC[word.text.toLowerCase()] !== symbol) return false;
    this.scanner.accept(word, 'logic');
    return true;
  }

  private readCondition(): FilterNode {
    this.conditions += 1;
    if (this.conditions > MAX_FILTER_CONDITIONS)
      throw new FilterError(`A filter has at most ${MAX_FILTER_CONDITIONS} conditions.`, this.scanner.here());
    const quoted = this.scanner.takeQuoted('text');
    if (quoted) return { kind: 'text', text: quoted.text, ...quoted.span };
    const word = this.scanner.peekWord();
    if (!word) throw this.unexpected(...CONDITION);
    const name = word.text.toLowerCase();
    this.scanner.accept(word, Object.hasOwn(FIELDS, name) ? 'field' : 'flag');
    const operator = this.scanner.takeOperator();
    if (!operator) return this.flagOf(name, word);
    if (!Object.hasOwn(FIELDS, name)) throw unknown(`"${word.text}" is not a field.`, name, FIELD_NAMES, word.span);
    const field = name as FieldName;
    const values = this.readValues(field, readOperator(field, operator));
    const comparison = { kind: 'comparison', field, operator: readOperator(field, operator), values } as const;
    return { ...comparison, start: word.span.start, end: this.scanner.tokens.at(-1)?.end ?? word.span.end };
  }

  private flagOf(name: string, { text, span }: { text: string; span: { start: number; end: number } }): FilterNode {
    if (Object.hasOwn(FLAGS, name)) return { kind: 'flag', flag: name as FlagName, ...span };
    if (Object.hasOwn(FIELDS, name))
      throw new FilterError(
        `Expected an operator after "${name}".`,
        this.scanner.here(),
        operatorsOf(FIELDS[name as FieldName]),
      );
    const quoting = `Put text to search for in quotation marks.`;
    throw unknown(`"${text}" is neither a field nor a flag. ${quoting}`, name, [...FIELD_NAMES, ...FLAG_NAMES], span);
  }

  private readValues(field: FieldName, operator: Operator): Value[] {
    const takesSeveral = operator === ':' || operator === '!=';
    if (!takesSeveral || !this.scanner.take('(', 'parenthesis')) return [readValue(this.scanner, field, operator)];
    const values: Value[] = [];
    do {
      if (values.length === MAX_FILTER_CONDITIONS)
        throw new FilterError(`A set has at most ${MAX_FILTER_CONDITIONS} values.`, this.scanner.here());
      values.push(readValue(this.scanner, field, operator));
    } while (this.scanner.take(',', 'operator'));
    if (!this.scanner.take(')', 'parenthesis')) throw this.unexpected(',', ')');
    return values;
  }

  private unexpected(...expected: string[]): FilterError {
    const { text, span } = this.scanner.peekWord() ?? { text: '', span: this.scanner.here() };
    const found = text || this.scanner.text.slice(span.start, span.end);
    const where = found === '' ? 'at the end' : `before "${found}"`;
    return new FilterError(`Expected ${inWords(expected)} ${where}.`, span, expected);
  }
}

function readOperator(
  name: FieldName,
  { text, span }: { text: string; span: { start: number; end: number } },
): Operator {
  const operator = text === '=' ? ':' : (text as Operator);
  const allowed = operatorsOf(FIELDS[name]);
  if (allowed.includes(operator)) return operator;
  throw new FilterError(`"${name}" has no order: "${text}" does not apply.`, span, allowed);
}

function unknown(
  message: string,
  name: string,
  words: readonly string[],
  span: { start: number; end: number },
): FilterError {
  const near = nearest(name, words);
  return new FilterError(near ? `${message} Did you mean "${near}"?` : message, span, near ? [near] : words);
}

function inWords(expected: readonly string[]): string {
  return expected.length === 1
    ? String(expected[0])
    : `${expected.slice(0, -1).join(', ')} or ${String(expected.at(-1))}`;
}
