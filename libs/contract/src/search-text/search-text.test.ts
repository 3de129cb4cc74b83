import { foldText, readSearch, snippetOf } from './index.js';

test.each(['Größe', 'GRÖSSE', 'grosse', 'GRO\u0308ẞE', 'gröSSe'])('%s is grosse', (text) => {
  expect(foldText(text)).toBe('grosse');
});

test('accents are folded, and scripts without them stay', () => {
  expect(foldText('Crème Brûlée, SMØRREBRØD, Łódź, İzmir, ΣΊΣΥΦΟΣ, Ærø')).toBe(
    'creme brulee, smorrebrod, lodz, izmir, σισυφοσ, aero',
  );
  expect(foldText('会議 が 한국어')).toBe('会議 が 한국어');
});

test.each([
  ['window -christmas', { required: 'window', phrases: [], excluded: ['christmas'] }],
  ['"the window" clean', { required: 'the window clean', phrases: ['the window'], excluded: [] }],
  ['a -"b c" „d“ -e-f', { required: 'd a', phrases: ['d'], excluded: ['b c', 'e-f'] }],
  ['5" pipe', { required: '5" pipe', phrases: [], excluded: [] }],
  ['say "hello', { required: 'say "hello', phrases: [], excluded: [] }],
  ['a - b --c', { required: 'a - b --c', phrases: [], excluded: [] }],
  ['  ', { required: '', phrases: [], excluded: [] }],
  ['""', { required: '""', phrases: [], excluded: [] }],
])('%s is read', (q, expected) => {
  expect(readSearch(q)).toEqual(expected);
});

describe('a snippet', () => {
  const text = `${'Lorem ipsum dolor. '.repeat(30)}The Größe of it.${' And so on, for long.'.repeat(30)}`;

  test('shows the first word that is asked for, whole words around it', () => {
    expect(snippetOf(text, 'gross')).toMatch(/^…\S.*The Größe of it\. And so on.*…$/);
    expect(snippetOf(text, 'gross')?.length).toBeLessThanOrEqual(202);
  });

  test('is the beginning otherwise, and a short text is itself', () => {
    expect(snippetOf(text, 'nothing')).toMatch(/^Lorem ipsum.*…$/);
    expect(snippetOf(' A\n\nshort  one ', 'short')).toBe('A short one');
    expect(snippetOf('😀'.repeat(300), 'x')?.isWellFormed()).toBe(true);
    expect([snippetOf(' ', 'x'), snippetOf(null, 'x')]).toEqual([null, null]);
  });
});
