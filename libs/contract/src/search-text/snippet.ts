// The part of a text that shows why it was found.
import { foldText } from './fold-text.js';
import { readSearch } from './read-search.js';

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const BEFORE = 60;
const MOST = 200;

/** @returns about 200 characters around the first word that the search asks for, else the beginning; null for a blank text. */
export function snippetOf(text: string | null, q: string): string | null {
  if (text === null || text.trim() === '') return null;
  const asked = foldText(readSearch(q).required).match(WORDS) ?? [];
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  let at = 0;
  for (const { 0: word, index } of plain.matchAll(WORDS)) {
    const folded = foldText(word);
    if (!asked.some((one) => folded.startsWith(one))) continue;
    at = index;
    break;
  }
  const from = at <= BEFORE ? 0 : startOfWord(plain, at - BEFORE);
  const part = plain.slice(from, from + MOST);
  const cut = from + MOST < plain.length ? part.slice(0, endOfWord(part)) : part;
  return `${from > 0 ? '…' : ''}${cut.toWellFormed().trim()}${cut.length < plain.length - from ? '…' : ''}`;
}

function startOfWord(text: string, at: number): number {
  const space = text.indexOf(' ', at);
  return space < 0 || space > at + BEFORE ? at : space + 1;
}

function endOfWord(part: string): number {
  const space = part.lastIndexOf(' ');
  return space < MOST / 2 ? part.length : space;
}
