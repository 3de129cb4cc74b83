// Reads the text of a filter from left to right, and records its tokens.
import type { Span, Token, TokenKind } from './filter.js';
import { FilterError } from './filter-error.js';

const SPACE = /\s*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const OPERATOR = /!=|<=|>=|[:=<>]/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/suy;
const BARE_VALUE = /[^\s&|!(),"<>=]+/uy;
const REST = /[^\s&|(),"]*/uy;

interface Taken {
  text: string;
  span: Span;
}

export class Scanner {
  readonly tokens: Token[] = [];
  private at = 0;

  constructor(readonly text: string) {}

  get position(): number {
    this.at = this.skip();
    return this.at;
  }

  get atEnd(): boolean {
    return this.position === this.text.length;
  }

  take(symbol: string, kind: TokenKind): Span | undefined {
    if (!this.text.startsWith(symbol, this.position)) return undefined;
    return this.advance(symbol.length, kind);
  }

  /** A word as it stands, in any case. */
  takeWord(word: string): Span | undefined {
    const next = this.match(WORD);
    if (next?.[0].toLowerCase() !== word) return undefined;
    return this.advance(next[0].length, 'value');
  }

  /** The next word, without taking it. */
  peekWord(): Taken | undefined {
    const match = this.match(WORD);
    return match && { text: match[0], span: { start: this.at, end: this.at + match[0].length } };
  }

  accept({ span }: Taken, kind: TokenKind): void {
    this.at = span.start;
    this.advance(span.end - span.start, kind);
  }

  takeOperator(): Taken | undefined {
    const match = this.match(OPERATOR);
    return match && { text: match[0], span: this.advance(match[0].length, 'operator') };
  }

  /** @throws FilterError for a quotation mark without its pair. */
  takeQuoted(kind: TokenKind): Taken | undefined {
    if (this.text[this.position] !== '"') return undefined;
    const match = this.match(QUOTED);
    if (!match)
      throw new FilterError('The closing quotation mark is missing.', { start: this.at, end: this.text.length }, ['"']);
    const text = (match[1] ?? '').replaceAll(/\\(.)/gsu, '$1');
    const span = this.advance(match[0].length, kind);
    if (text.trim() === '') throw new FilterError('There is nothing between the quotation marks.', span);
    return { text, span };
  }

  /** A value in quotation marks or without. @throws FilterError where the value is missing. */
  takeValue(field: string, expected: readonly string[]): Taken {
    const quoted = this.takeQuoted('value');
    if (quoted) return quoted;
    const match = this.match(BARE_VALUE);
    if (!match) throw new FilterError(`Expected a value after "${field}".`, this.here(), expected);
    return { text: match[0], span: this.advance(match[0].length, 'value') };
  }

  /** A value that `read` finds at this place, in quotation marks or without. */
  takeParsed<T>(read: (text: string, at: number) => { value: T; end: number } | undefined) {
    const start = this.position;
    const quoted = this.match(QUOTED);
    if (quoted) {
      const inner = quoted[1] ?? '';
      const found = read(inner, inner.length - inner.trimStart().length);
      if (found?.end !== inner.trimEnd().length) return undefined;
      return { value: found.value, span: this.advance(quoted[0].length, 'value') };
    }
    const found = read(this.text, start);
    return found && { value: found.value, span: this.advance(found.end - start, 'value') };
  }

  /** For messages: what stands where a value was expected. */
  peekValue(): Taken {
    const [text = ''] = this.match(QUOTED) ?? this.match(REST) ?? [];
    return { text, span: { start: this.at, end: this.at + text.length } };
  }

  /** The next character, or the end. */
  here(): Span {
    const start = this.position;
    return { start, end: Math.min(start + 1, this.text.length) };
  }

  private advance(length: number, kind: TokenKind): Span {
    const start = this.position;
    this.at = start + length;
    this.tokens.push({ kind, start, end: this.at });
    return { start, end: this.at };
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.position;
    return pattern.exec(this.text) ?? undefined;
  }

  private skip(): number {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    return SPACE.lastIndex;
  }
}
