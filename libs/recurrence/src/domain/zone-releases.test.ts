// Two decrees of 2026, as the releases of the zone data before and after them have it: local times stay, instants differ.
import { installZoneData } from '@mono/platform';
import { writeZoneDirectory, zoneTables, type ZoneDirectory } from '@mono/platform/testing';
import { icuZones, useZoneData } from '@mono/contract/zones';
import { previewOf } from './preview.js';

const directories: ZoneDirectory[] = [];
afterEach(() => {
  useZoneData(icuZones());
  for (const directory of directories.splice(0)) directory.remove();
});

function use(decreed: boolean): void {
  const directory = writeZoneDirectory(decreed ? '2098b' : '2098a', zoneTables(decreed));
  directories.push(directory);
  installZoneData({ directory: directory.path, onFault: () => undefined });
}

const nines = (timezone: string, dtstart: string, count: number): string[] =>
  previewOf({ rule: { dtstart, timezone, pattern: 'daily', count } }, 'UTC').items.map(({ at }) => at);

test('Cuba stays on summer time in the winter of 2026/27, and goes back a year later', () => {
  use(false);
  expect(nines('America/Havana', '2026-10-31T09:00:00', 2)).toEqual(['2026-10-31T13:00:00Z', '2026-11-01T14:00:00Z']);
  use(true);
  expect(nines('America/Havana', '2026-10-31T09:00:00', 2)).toEqual(['2026-10-31T13:00:00Z', '2026-11-01T13:00:00Z']);
  expect(nines('America/Havana', '2027-11-06T09:00:00', 2)).toEqual(['2027-11-06T13:00:00Z', '2027-11-07T14:00:00Z']);
});

test('Morocco is at UTC from 20 September 2026, without a change at Ramadan', () => {
  use(false);
  expect(nines('Africa/Casablanca', '2026-09-19T09:00:00', 2)).toEqual([
    '2026-09-19T08:00:00Z',
    '2026-09-20T08:00:00Z',
  ]);
  use(true);
  expect(nines('Africa/Casablanca', '2026-09-19T09:00:00', 2)).toEqual([
    '2026-09-19T08:00:00Z',
    '2026-09-20T09:00:00Z',
  ]);
  expect(nines('Africa/Casablanca', '2027-02-20T09:00:00', 1)).toEqual(['2027-02-20T09:00:00Z']);
});
