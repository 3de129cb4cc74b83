// The parser answers for any text, and its spans and titles cover it.
import * as fc from 'fast-check';
import { CORPUS, CORPUS_NOW, CORPUS_ZONE } from './corpus.js';
import { LANGUAGES } from './language.js';
import { literalText } from './literal-text.js';
import { linesOf } from './lines.js';
import { parseText } from './parse.js';

const words = [...new Set(CORPUS.flatMap(([, [marked]]) => marked.replaceAll(/[{}]/g, '').split(' ')))];
const symbols = [
  '\n',
  '\n  ',
  '\t',
  '- ',
  '"',
  '„',
  '“',
  '\\',
  '#',
  '@',
  '!',
  '+',
  '~',
  ',',
  '.',
  ':',
  '/',
  '-',
  '12',
  '31.',
  '2026-02-30',
  '99:99',
  '\u0001',
  '🌱',
  'ß',
  '\u0301',
  '\uD800',
];
const names = {
  lists: [{ id: 'list', title: 'Home improvement' }],
  members: [{ id: 'member', name: 'Ada Lovelace', email: 'ada@example.com' }],
};

const texts = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...words) },
      { weight: 2, arbitrary: fc.constantFrom(...symbols) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
    ),
    { maxLength: 14 },
  )
  .chain((parts) =>
    fc
      .array(fc.constantFrom(' ', ' ', ' ', ''), { minLength: parts.length, maxLength: parts.length })
      .map((gaps) => parts.map((part, index) => part + (gaps[index] ?? '')).join('')),
  );

function visible(text: string): string {
  return text.replaceAll(/\s/gu, '');
}

test.each([...LANGUAGES, undefined])('in %s', (language) => {
  fc.assert(
    fc.property(texts, (text) => {
      const { items } = parseText(text, { now: CORPUS_NOW, timezone: CORPUS_ZONE, language, names });
      const lines = linesOf(text);
      expect(items).toHaveLength(lines.length);
      for (const [index, { spans, title, parent }] of items.entries()) {
        const { start, end } = lines[index] ?? { start: 0, end: 0 };
        expect(parent === null || parent < index).toBe(true);
        let at = start;
        let rest = '';
        for (const span of spans) {
          expect(span.start).toBeGreaterThanOrEqual(at);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeLessThanOrEqual(end);
          rest += text.slice(at, span.start).padEnd(span.start - at);
          at = span.end;
        }
        rest += text.slice(at, end);
        const escapes = literalText(text.slice(start, end)).escapes.length;
        expect(visible(rest).length - escapes).toBe(visible(title).length);
        expect(visible(rest).replaceAll('\\', '')).toBe(visible(title).replaceAll('\\', ''));
      }
    }),
    { numRuns: 400 },
  );
});
