// Zone data from files, from a package and from ICU: read right, the newest first, and nothing that is broken.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTzif, writeZoneDirectory, zoneTables, type ZoneDirectory } from '../testing/zone-files.js';
import { digestOf, icuZones, tableRules, type ZoneRules, type ZoneTable } from '@mono/contract/zones';
import { compareReleases, newestZoneData } from './choose-zone-data.js';
import { packagedZones } from './packaged-zones.js';
import { readTzif } from './read-tzif.js';
import { systemZones } from './system-zones.js';

const at = (instant: string): number => Date.parse(instant) / 1000;
const FROM = at('1990-01-01T00:00:00Z');
const TO = at('2060-01-01T00:00:00Z');

const directories: ZoneDirectory[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove();
});

function directoryOf(release: string, zones = zoneTables(true)): string {
  const directory = writeZoneDirectory(release, zones);
  directories.push(directory);
  return directory.path;
}

function faultsOf(path: string): { data: ReturnType<typeof newestZoneData>; faults: string[] } {
  const faults: string[] = [];
  return { data: newestZoneData({ directory: path, onFault: (message) => faults.push(message) }), faults };
}

function outcomeOf(file: Buffer): string {
  try {
    const offset = tableRules(readTzif(file)).offsetAt(at('2026-07-01T00:00:00Z'));
    return Number.isInteger(offset) ? 'read' : `read as ${offset}`;
  } catch (error) {
    return error instanceof RangeError ? 'refused' : String(error);
  }
}

const onFault = (): void => undefined;

/** When the offset changes in a year, and to how many hours. */
const changes = (footer: string, year: number): string[] =>
  tableRules({ first: 0, instants: [], offsets: [], footer })
    .transitions(at(`${year}-01-01T00:00:00Z`) - 1, at(`${year + 1}-01-01T00:00:00Z`) - 1)
    .map(({ instant, after }) => `${new Date(instant * 1000).toISOString().slice(0, 16)} ${after / 3600}`);

/** A zone as ICU has it, as a table without a yearly rule. */
function tableOfIcu(name: string): ZoneTable {
  const rules = icuZones().rulesOf(name);
  const changes = rules?.transitions(FROM, TO) ?? [];
  return {
    first: rules?.offsetAt(FROM) ?? NaN,
    instants: changes.map(({ instant }) => instant),
    offsets: changes.map(({ after }) => after),
    footer: '',
  };
}

describe('a compiled zone', () => {
  const berlin = zoneTables(true)['Europe/Berlin'] as ZoneTable;

  test.each([2, 3, 4])('of version %d is read as it was written', (version) => {
    for (const table of Object.values(zoneTables(true))) expect(readTzif(writeTzif(table, { version }))).toEqual(table);
  });

  test.each([
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Gaza',
    'America/Santiago',
    'Asia/Tehran',
  ])('of %s equals ICU at every change and between', (name) => {
    const table = tableOfIcu(name);
    const rules = tableRules(readTzif(writeTzif(table)));
    const icu = icuZones().rulesOf(name) as ZoneRules;
    expect(rules.transitions(FROM, TO)).toEqual(icu.transitions(FROM, TO));
    for (const { instant } of icu.transitions(FROM, TO))
      for (const near of [instant - 1, instant, instant + 1, instant + 5_000_000])
        expect(rules.offsetAt(near)).toBe(icu.offsetAt(near));
  });

  test('of version 1 continues by the rule of its last years', () => {
    const icu = tableOfIcu('Europe/Berlin');
    const until2037 = icu.instants.filter((instant) => instant < at('2038-01-01T00:00:00Z'));
    const short = { ...icu, instants: until2037, offsets: icu.offsets.slice(0, until2037.length) };
    const read = readTzif(writeTzif(short, { version: 1 }));
    expect(digestOf(tableRules(read))).toBe(digestOf(icuZones().rulesOf('Europe/Berlin') as ZoneRules));
  });

  test('that counts leap seconds gives the instants of those that do not', () => {
    const leaps = [at('1972-07-01T00:00:00Z'), at('1973-01-01T00:00:01Z')];
    const counted = { ...berlin, instants: berlin.instants.map((instant) => instant + 2) };
    expect(readTzif(writeTzif(counted, { leaps }))).toEqual(berlin);
  });

  test('that is truncated or of another format is rejected', () => {
    const file = writeTzif(berlin);
    for (let length = 0; length < file.length; length += 1)
      expect(() => readTzif(file.subarray(0, length))).toThrow(RangeError);
    expect(() => readTzif(Buffer.alloc(1_000_000))).toThrow('too long');
    expect(() => readTzif(Buffer.from('#!/bin/sh\n'.repeat(20)))).toThrow('no compiled zone');
  });

  test('with any byte changed is refused or read, and never anything worse', () => {
    const file = writeTzif(berlin, { leaps: [at('1972-07-01T00:00:00Z')] });
    const outcomes: string[] = [];
    for (let index = 0; index < file.length; index += 1) {
      for (const byte of [0, 1, 127, 128, 255]) {
        const changed = Buffer.from(file);
        changed[index] = byte;
        outcomes.push(outcomeOf(changed));
      }
    }
    expect(new Set(outcomes)).toEqual(new Set(['read', 'refused']));
  });

  test.each([
    { ...berlin, instants: [...berlin.instants].toReversed() },
    { ...berlin, offsets: [100_000, 0] },
    { ...berlin, footer: 'CET-1CEST,M13.5.0,M10.5.0' },
    { ...berlin, footer: `${'A'.repeat(90)}${'1'.repeat(90)}` },
    { ...berlin, footer: 'no rule' },
  ])('that contradicts itself is refused: %j', (table) => {
    expect(() => readTzif(writeTzif(table))).toThrow(RangeError);
  });
});

describe('a yearly rule', () => {
  test.each([
    ['CET-1CEST,M3.5.0,M10.5.0/3', ['2026-03-29T01:00 2', '2026-10-25T01:00 1']],
    // Summer time is the standard of Ireland.
    ['IST-1GMT0,M10.5.0,M3.5.0/1', ['2026-03-29T01:00 1', '2026-10-25T01:00 0']],
    ['<-03>3<-02>,M3.5.0/-2,M10.5.0/-1', ['2026-03-29T01:00 -2', '2026-10-25T01:00 -3']],
    ['IST-2IDT,M3.4.4/26,M10.5.0', ['2026-03-27T00:00 3', '2026-10-24T23:00 2']],
    ['XXX3YYY,J60/0,J300', ['2026-03-01T03:00 -2', '2026-10-27T04:00 -3']],
    ['XXX3YYY,59/0,299', ['2026-03-01T03:00 -2', '2026-10-27T04:00 -3']],
    // Summer time all year, as RFC 9636 writes it.
    ['XXX3EDT4,0/0,J365/23', []],
    ['<+0530>-5:30', []],
  ])('%s', (footer, expected) => {
    expect(changes(footer, 2026)).toEqual(expected);
  });

  test('all year summer time is one offset at every instant', () => {
    const rules = tableRules({ first: 0, instants: [], offsets: [], footer: 'EST5EDT,0/0,J365/25' });
    const months = Array.from({ length: 36 }, (_, month) =>
      rules.offsetAt(at('2026-01-01T05:00:00Z') + month * 2_600_000),
    );
    expect(new Set(months)).toEqual(new Set([-4 * 3600]));
  });
});

describe('the files of the system', () => {
  test('are found by their names, in any case, and never by a path', () => {
    const path = directoryOf('2026f');
    mkdirSync(join(path, 'posix'));
    writeFileSync(join(path, 'posix', 'UTC'), writeTzif(zoneTables(true)['UTC'] as ZoneTable));
    symlinkSync('Europe/Berlin', join(path, 'Germany'));
    const zones = systemZones(path, onFault);
    expect(zones?.names().toSorted()).toEqual([...Object.keys(zoneTables(true)), 'Germany'].toSorted());
    expect(zones?.nameOf('AMERICA/havana')).toBe('America/Havana');
    for (const hostile of [
      '../../etc/passwd',
      'Europe/../Europe/Berlin',
      '/etc/passwd',
      'posix/UTC',
      'tzdata.zi',
      '',
      '.',
      'Europe',
      'UTC\0',
    ]) {
      expect(zones?.nameOf(hostile)).toBeUndefined();
      expect(zones?.rulesOf(hostile)).toBeUndefined();
    }
  });

  test('agree with ICU in nearly every zone, if the system has any', () => {
    const zones = systemZones(undefined, onFault);
    const icu = icuZones();
    // Few days of few zones: the system may have another release than ICU.
    const differing = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Sydney',
      'Asia/Tokyo',
      'America/Sao_Paulo',
      'Africa/Lagos',
    ]
      .filter((name) => zones?.nameOf(name) !== undefined)
      .filter((name) => digestOf(zones?.rulesOf(name) as ZoneRules) !== digestOf(icu.rulesOf(name) as ZoneRules));
    expect(differing.length).toBeLessThan(2);
  });
});

describe('the package', () => {
  test('equals ICU for common zones at every change of a century', () => {
    const zones = packagedZones();
    const icu = icuZones();
    for (const name of [
      'Europe/Berlin',
      'America/New_York',
      'Asia/Gaza',
      'Africa/Cairo',
      'Europe/Dublin',
      'America/Nuuk',
    ]) {
      const century = [at('1971-01-01T00:00:00Z'), at('2071-01-01T00:00:00Z')] as const;
      expect([name, zones?.rulesOf(name)?.transitions(...century)]).toEqual([
        name,
        icu.rulesOf(name)?.transitions(...century),
      ]);
    }
  });

  test('knows each zone that ICU lists', () => {
    const zones = packagedZones();
    const missing = Intl.supportedValuesOf('timeZone').filter((name) => zones?.nameOf(name) !== name);
    expect(missing).toEqual([]);
  });

  test('preserves a single exception to a yearly rule', () => {
    const offset = packagedZones()?.rulesOf('America/Havana');
    expect(offset?.offsetAt(at('2026-12-24T12:00:00Z'))).toBe(-4 * 3600);
    expect(offset?.offsetAt(at('2027-12-24T12:00:00Z'))).toBe(-5 * 3600);
  });
});

describe('of all sources', () => {
  test('the newest release is used', () => {
    expect(faultsOf(directoryOf('2099a'))).toMatchObject({ data: { release: '2099a' }, faults: [] });
    const { data } = faultsOf(directoryOf('2001a'));
    expect(compareReleases(data.release, '2026c')).toBeGreaterThan(0);
  });

  test.each([
    [
      'without a release',
      'Zone files of an unknown release are not used',
      { release: 'today', zones: zoneTables(true) },
    ],
    [
      'with wrong local times',
      'Zone data that contradicts itself is not used',
      { release: '2099a', zones: { ...zoneTables(true), UTC: zoneTables(true)['Asia/Kolkata'] as ZoneTable } },
    ],
  ])('files %s are not used, and this is logged', (_what, fault, { release, zones }) => {
    const { data, faults } = faultsOf(directoryOf(release, zones));
    expect(faults).toEqual([fault]);
    expect(data.release).not.toBe('2099a');
  });

  test('a missing directory is not used, and this is logged', () => {
    expect(faultsOf('/nowhere/zoneinfo').faults).toEqual(['Zone files cannot be read']);
  });

  test('a zone with a broken or missing file comes from ICU', () => {
    const path = directoryOf('2099a');
    writeFileSync(join(path, 'America/Havana'), 'TZif2');
    const { data, faults } = faultsOf(path);
    const winter = at('2025-12-24T12:00:00Z');
    expect(data.rulesOf('America/Havana')?.offsetAt(winter)).toBe(-5 * 3600);
    expect(data.rulesOf('Asia/Tokyo')?.offsetAt(winter)).toBe(9 * 3600);
    expect(faults).toEqual(['A zone file cannot be used']);
  });

  test.each([
    ['2026c', '2026f', -1],
    ['2026z', '2026za', -1],
    ['2027a', '2026za', 1],
    ['2026f', '2026f', 0],
  ])('%s and %s: %d', (one, other, expected) => {
    expect(compareReleases(one, other)).toBe(expected);
  });
});
