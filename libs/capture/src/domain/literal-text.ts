// Text that is never parsed: quotations, escaped words, and addresses.
import { masked, type Range } from './span.js';

const QUOTED = /(?<![\p{L}\p{N}#+@])(?:"[^"]+"|“[^“”]+”|„[^„“”]+[“”]|«[^«»]+»|»[^«»]+«|`[^`]+`)/gu;
/** A backslash before a word. */
const ESCAPED = /(?<![^\s\uE000("„“«])\\(?=\S)\S[^\s\uE000]*/g;
const ADDRESS = /(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+|(?<![^\s("<])[^\s@#!+~"(<][^\s@]*@[^\s@]+\.[^\s@]+/gi;

export interface LiteralText {
  /** The line without its literal parts. */
  masked: string;
  /** Backslashes that are no part of the title. */
  escapes: number[];
}

export function literalText(line: string): LiteralText {
  let text = line;
  for (const range of rangesOf(QUOTED, text)) text = masked(text, range);
  const escapes: number[] = [];
  for (const range of rangesOf(ESCAPED, text)) {
    escapes.push(range.start);
    text = masked(text, range);
  }
  for (const range of rangesOf(ADDRESS, text)) text = masked(text, range);
  return { masked: text, escapes };
}

function rangesOf(pattern: RegExp, text: string): Range[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
}
