import { hasTooManyMarks } from './json-size.js';

const marksOf = (text: string, most: number): boolean => hasTooManyMarks(Buffer.from(text), most);

test.each([
  [JSON.stringify({ a: [1, 2, { b: null }], c: '' }), 9],
  [JSON.stringify({ 'a,:[{"\\': ',:[{"\\', ü: '…,' }), 4],
  [`[${' '.repeat(50)}"a" , "b\\",\\\\" ]`, 2],
])('what is in strings does not count: %s', (text, marks) => {
  const padded = text.padEnd(200);
  expect(marksOf(padded, marks)).toBe(false);
  expect(marksOf(padded, marks - 1)).toBe(true);
});

test('a megabyte of small members has too many, and one of text has not', () => {
  const members = Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join(',');
  expect(hasTooManyMarks(Buffer.from(`{${members}}`))).toBe(true);
  expect(hasTooManyMarks(Buffer.from('['.repeat(500_000)))).toBe(true);
  expect(hasTooManyMarks(Buffer.from(JSON.stringify({ content: 'DTSTART:1,2\n'.repeat(80_000) })))).toBe(false);
});
