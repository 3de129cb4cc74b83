import { ColorField, IconField, isColor, isIcon } from './appearance.js';
import { readInput } from './input-reader.js';

test.each(['🛒', '❤️', '❤', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇩🇪', '1️⃣', '👍🏽', 'shopping-cart', 'x', '7', '-', 'a'.repeat(40)])(
  '%s is an icon',
  (icon) => {
    expect(isIcon(icon)).toBe(true);
  },
);

test.each([
  '',
  '🛒🛒',
  '🛒 ',
  '🇩',
  'A',
  'ä',
  'shopping cart',
  'a'.repeat(41),
  `${'👩‍'.repeat(20)}👩`,
  `🛒${'\u0301'.repeat(20)}`,
  '\u0000',
  '\uD83D',
  '\u200D',
  '<b>',
  7,
  null,
])('%j is no icon', (icon) => {
  expect(isIcon(icon)).toBe(false);
});

test.each(['#2e7d32', '#000000'])('%s is a color', (color) => {
  expect(isColor(color)).toBe(true);
});

test.each(['', '#fff', '#2E7D32', '2e7d32', '#2e7d320', '#2e7d3g', 'red', '#2e7d32\n', 0x2e7d32, null])(
  '%j is none',
  (color) => {
    expect(isColor(color)).toBe(false);
  },
);

class Look {
  @ColorField({ description: 'A color.', nullable: true })
  color: string | null;

  @IconField({ description: 'An icon.', optional: true })
  icon?: string;
}

test('a color is read in any case and kept in lower case', () => {
  expect(readInput(Look, { color: '#2E7D32' }, 'look')).toMatchObject({ color: '#2e7d32' });
  expect(readInput(Look, { color: null, icon: '🛒' }, 'look')).toMatchObject({ color: null, icon: '🛒' });
});

test('a fault says what is expected', () => {
  expect(() => readInput(Look, { color: 'red', icon: 'Cart' }, 'look')).toThrow(
    expect.objectContaining({
      details: [
        { field: 'color', code: 'wrong_format', issue: 'must be a color such as #2e7d32' },
        { field: 'icon', code: 'wrong_format', issue: expect.stringContaining('must be one emoji') },
      ],
    }),
  );
});
