import * as fc from 'fast-check';
import { titleKey } from './title-key.js';

describe('two titles are the same', () => {
  test.each([
    ['without regard to case', 'Buy Milk', 'bUY mILK'],
    ['when only space around them differs', '\u00a0 milk\t', 'milk'],
    ['with ß and ss', 'Straße', 'STRASSE'],
    ['with ẞ and ß', 'STRAẞE', 'straße'],
    ['with ẞ and SS', 'GROẞ', 'gross'],
    ['with a final sigma and any other', 'ΟΔΟΣ', 'οδος'],
    ['with sigmas that one of the titles has wrong', 'οδοσ', 'οδος'],
    ['with a sigma before a space', 'ΟΔΟΣ ΕΔΩ', 'οδοσ εδω'],
    ['with a ligature and its letters', 'ﬁnal oﬃce', 'FINAL OFFICE'],
    ['with İ and i with a dot above', 'İzmir', 'i\u0307zmir'],
    ['composed and decomposed', 'Caf\u00e9', 'cafe\u0301'],
    ['decomposed in either case', 'A\u0308rger', 'ärger'],
    ['in Cherokee, which folds upwards', 'ꮳꮃꭹ', 'ᏣᎳᎩ'],
    ['with the Kelvin sign and k', '\u212a', 'k'],
    ['with a micro sign and mu', '\u00b5', 'Μ'],
    ['with iota below and iota beside', 'ᾳ', 'ΑΙ'],
    ['with ŉ and ʼn', 'ŉ', 'ʼN'],
  ])('%s', (_what, one, other) => {
    expect(titleKey(one)).toBe(titleKey(other));
  });
});

describe('two titles differ', () => {
  test.each([
    ['by an accent', 'resume', 'résumé'],
    ['by a space within', 'ice cream', 'icecream'],
    ['by the dot of an i', 'ılık', 'ilik'],
    ['by the dot of an İ', 'İ', 'i'],
    ['by full width', 'ａ', 'a'],
  ])('%s', (_what, one, other) => {
    expect(titleKey(one)).not.toBe(titleKey(other));
  });
});

const anything = fc.string({ unit: 'binary', maxLength: 12 });

test('the key of a key is itself', () => {
  fc.assert(
    fc.property(anything, (title) => {
      expect(titleKey(titleKey(title))).toBe(titleKey(title).trim());
    }),
  );
});

test('normal form and case of what is typed do not matter', () => {
  fc.assert(
    fc.property(anything, (title) => {
      expect(titleKey(title.normalize('NFD'))).toBe(titleKey(title));
      expect(titleKey(title.toLowerCase())).toBe(titleKey(title));
    }),
    { numRuns: 1_000 },
  );
});

test('every letter has the key of all that simple case folding brings together with it, and of no other letter', () => {
  const letters = new Map<string, string>();
  for (let code = 0; code <= 0x10_ff_ff; code += 1) {
    const letter = String.fromCodePoint(code);
    if (!/\p{L}/u.test(letter)) continue;
    const key = titleKey(letter);
    const first = letters.get(key) ?? letter.normalize('NFC');
    letters.set(key, first);
    const together = new RegExp(`^(?:${first}|${titleKey(first)})$`, 'iu').test(letter.normalize('NFC'));
    if (!together && titleKey(first).length === first.length) {
      throw new Error(`${letter} (${code.toString(16)}) shares the key ${key} with ${first}.`);
    }
    const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
    if (letter !== 'ı' && (titleKey(lower) !== key || titleKey(upper) !== key)) {
      throw new Error(`${letter} (${code.toString(16)}) has another key than ${lower} or ${upper}.`);
    }
  }
  expect(letters.size).toBeGreaterThan(100_000);
});
