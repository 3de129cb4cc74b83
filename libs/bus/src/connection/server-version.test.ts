// Which servers are known to lose what they acknowledged.
import { knownLosses, tooOld } from './server-version.js';

test.each([
  ['2.9.10', false, 2],
  ['2.10.22', false, 1],
  ['2.10.27', false, 0],
  ['2.10.27', true, 1],
  ['2.12.1', true, 1],
  ['2.12.15', true, 0],
  ['a version of tomorrow', true, 0],
])('a server %s (clustered: %s) has %d known losses', (version, clustered, count) => {
  expect(knownLosses(version, clustered)).toHaveLength(count);
  expect(tooOld(version)).toBeUndefined();
});

test('a server that is too old is named', () => {
  expect(tooOld('2.8.4')).toContain('2.8.4');
});
