// The time that quick add takes to read a line, for the sentences of the corpus and for the longest lines.
import { CORPUS, CORPUS_NOW, CORPUS_ZONE } from '../../../libs/capture/src/domain/corpus.js';
import { parseText } from '../../../libs/capture/src/domain/parse.js';

const sentences = CORPUS.map(([, [marked]]) => marked.replaceAll(/[{}]/g, ''));
const LONG = [
  'a'.repeat(1_000),
  'word '.repeat(200),
  '1 '.repeat(500),
  'every 2 weeks on monday '.repeat(41),
  '9am 1 May 5.5. jeden Tag '.repeat(40),
  '1/2/3.4:5-'.repeat(100),
  '@tag '.repeat(200),
  'mon, tue and '.repeat(76),
  'am 1. und 2. '.repeat(76),
];

function timesOf(texts: readonly string[], times: number): number[] {
  const found: number[] = [];
  for (let round = 0; round < times; round += 1) {
    for (const text of texts) {
      const start = performance.now();
      parseText(text, { now: CORPUS_NOW, timezone: CORPUS_ZONE });
      found.push(performance.now() - start);
    }
  }
  return found.toSorted((a, b) => a - b);
}

/** Milliseconds per line. */
export interface Reading {
  name: string;
  p50: number;
  p99: number;
  longest: number;
  lines: number;
}

export function measureQuickAdd(rounds: number): Reading[] {
  const first = reading('first round', timesOf(sentences, 1));
  timesOf(sentences, 5);
  return [
    first,
    reading('sentences', timesOf(sentences, rounds)),
    reading('lines of 1,000 characters', timesOf(LONG, Math.ceil(rounds / 5))),
  ];
}

function reading(name: string, times: readonly number[]): Reading {
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  return { name, p50: at(0.5), p99: at(0.99), longest: at(1), lines: times.length };
}

export function lineOf({ name, p50, p99, longest, lines }: Reading): string {
  const [half, most, all] = [p50, p99, longest].map((ms) => `${ms.toFixed(2)} ms`);
  return `${name}: p50 ${half}, p99 ${most}, longest ${all} (${lines} lines)`;
}
