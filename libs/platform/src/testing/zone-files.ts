// Zone files for tests, in the layout of operating systems, with a release that the test chooses. The tables follow the text of
// the IANA database for two decrees of 2026, before and after the releases with them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ZoneTable } from '@mono/contract/zones';

const at = (instant: string): number => Date.parse(instant) / 1000;
const HOUR = 3600;

/** The zones by which new zone data is verified. */
const COMMON: Readonly<Record<string, ZoneTable>> = {
  UTC: { first: 0, instants: [], offsets: [], footer: 'UTC0' },
  'Asia/Kolkata': { first: 19_800, instants: [], offsets: [], footer: 'IST-5:30' },
  'Europe/Berlin': {
    first: HOUR,
    instants: [at('1996-03-31T01:00:00Z'), at('1996-10-27T01:00:00Z')],
    offsets: [2 * HOUR, HOUR],
    footer: 'CET-1CEST,M3.5.0,M10.5.0/3',
  },
  'America/New_York': {
    first: -5 * HOUR,
    instants: [at('2007-03-11T07:00:00Z'), at('2007-11-04T06:00:00Z')],
    offsets: [-4 * HOUR, -5 * HOUR],
    footer: 'EST5EDT,M3.2.0,M11.1.0',
  },
};

/** Until 2026b, Morocco stays an hour ahead except in Ramadan; from 2026c on it is at UTC from 20 September 2026. */
const casablanca = (decreed: boolean): ZoneTable => ({
  first: HOUR,
  instants: [
    at('2026-02-15T02:00:00Z'),
    at('2026-03-22T02:00:00Z'),
    ...(decreed ? [at('2026-09-20T01:00:00Z')] : [at('2027-02-07T02:00:00Z'), at('2027-03-14T02:00:00Z')]),
  ],
  offsets: decreed ? [0, HOUR, 0] : [0, HOUR, 0, HOUR],
  footer: decreed ? '<+00>0' : '<+01>-1',
});

/** Until 2026e, Cuba returns to standard time on 1 November 2026; in 2026f it keeps daylight time for another year. */
const havana = (decreed: boolean): ZoneTable => ({
  first: -5 * HOUR,
  instants: [at('2026-03-08T05:00:00Z'), at(decreed ? '2027-11-07T05:00:00Z' : '2026-11-01T05:00:00Z')],
  offsets: [-4 * HOUR, -5 * HOUR],
  footer: 'CST5CDT,M3.2.0/0,M11.1.0/1',
});

export function zoneTables(decreed: boolean): Record<string, ZoneTable> {
  return { ...COMMON, 'Africa/Casablanca': casablanca(decreed), 'America/Havana': havana(decreed) };
}

export interface ZoneDirectory {
  path: string;
  remove(): void;
}

export function writeZoneDirectory(release: string, zones: Readonly<Record<string, ZoneTable>>): ZoneDirectory {
  const path = mkdtempSync(join(tmpdir(), 'zoneinfo-'));
  writeFileSync(join(path, 'tzdata.zi'), `# version ${release}\n`);
  for (const [name, table] of Object.entries(zones)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), writeTzif(table));
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface TzifOptions {
  /** 1 to 4. */
  version?: number;
  /** Instants of leap seconds, including earlier leap seconds, each adding one second. */
  leaps?: readonly number[];
}

/** A compiled zone by RFC 9636. From version 2 on, the 32-bit block is empty, like that of `zic -b slim`. */
export function writeTzif(table: ZoneTable, { version = 2, leaps = [] }: TzifOptions = {}): Buffer {
  if (version === 1) return block(table, 1, 4, leaps);
  const empty = { first: 0, instants: [], offsets: [], footer: '' };
  return Buffer.concat([
    block(empty, version, 4, []),
    block(table, version, 8, leaps),
    Buffer.from(`\n${table.footer}\n`, 'latin1'),
  ]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function block(table: ZoneTable, version: number, timeBytes: 4 | 8, leaps: readonly number[]): Buffer {
  const types = [...new Set([table.first, ...table.offsets])];
  const header = Buffer.alloc(44);
  header.write(`TZif${version === 1 ? '\0' : version}`, 'latin1');
  for (const [index, count] of [0, 0, leaps.length, table.instants.length, types.length, 4].entries())
    header.writeUInt32BE(count, 20 + index * 4);
  const time = (instant: number): Buffer => {
    const bytes = Buffer.alloc(timeBytes);
    if (timeBytes === 4) bytes.writeInt32BE(instant);
    else bytes.writeBigInt64BE(BigInt(instant));
    return bytes;
  };
  return Buffer.concat([
    header,
    ...table.instants.map(time),
    Buffer.from(table.offsets.map((offset) => types.indexOf(offset))),
    ...types.map((offset) => Buffer.concat([int(offset), Buffer.from([0, 0])])),
    Buffer.from('LMT\0', 'latin1'),
    ...leaps.flatMap((leap, index) => [time(leap), int(index + 1)]),
  ]);
}
