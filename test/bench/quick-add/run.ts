// `npm run bench:quick-add`: the time that quick add takes to read a line, for the sentences of the corpus and for the longest
// lines. Arguments: rounds (default 50).
import { CORPUS, CORPUS_NOW, CORPUS_ZONE } from '../../../libs/capture/src/domain/corpus.js';
import { parseText } from '../../../libs/capture/src/domain/parse.js';

const rounds = Number(process.argv[2] ?? 50);
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

function report(name: string, times: readonly number[]): void {
  const at = (share: number): string => `${(times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(2)} ms`;
  process.stdout.write(`${name}: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (${times.length} lines)\n`);
}

report('first round', timesOf(sentences, 1));
timesOf(sentences, 5);
report('sentences', timesOf(sentences, rounds));
report('lines of 1,000 characters', timesOf(LONG, Math.ceil(rounds / 5)));
