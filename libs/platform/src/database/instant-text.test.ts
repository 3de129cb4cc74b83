import { instantText } from './instant-text.js';

test.each([
  ['2026-05-01 09:00:00.123+00', '2026-05-01T09:00:00.123Z'],
  ['2026-05-01 09:00:00.12+00', '2026-05-01T09:00:00.120Z'],
  ['2026-05-01 09:00:00+00', '2026-05-01T09:00:00.000Z'],
  ['0001-01-01 00:00:00.5+00', '0001-01-01T00:00:00.500Z'],
  ['2026-05-01 11:00:00.5+02', '2026-05-01T09:00:00.500Z'],
  ['infinity', 'infinity'],
])('PostgreSQL’s %s is shown as %s', (text, expected) => {
  expect(instantText(text)).toBe(expected);
});
