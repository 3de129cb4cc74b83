// Nodes with different releases of the zone data, on a real PostgreSQL: the newest one counts for all.
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { Database } from '../database/database.js';
import { ZoneData1763683800000 } from '../persistence/migrations/1763683800000-zone-data.js';
import { writeZoneDirectory, zoneTables, type ZoneDirectory } from '../testing/zone-files.js';
import { icuZones, useZoneData, Zone, zoneData } from '@mono/contract/zones';
import { installZoneData } from './choose-zone-data.js';
import { SharedZoneData } from './shared-zone-data.js';

const CHRISTMAS = Date.parse('2026-12-24T12:00:00Z') / 1000;
const HOUR = 3600;

let place: TestDatabase;
let database: Database;
const directories: ZoneDirectory[] = [];
const lines: string[] = [];
const logger = {
  info: (_facts: unknown, message?: string) => lines.push(message ?? ''),
  warn: (_facts: unknown, message?: string) => lines.push(message ?? ''),
} as unknown as ConstructorParameters<typeof SharedZoneData>[1];

beforeAll(async () => {
  place = await createTestDatabase();
  database = await Database.open({ url: place.url, migrations: [ZoneData1763683800000] });
  await database.query('CREATE SCHEMA platform');
  await database.dataSource.runMigrations();
});
afterAll(async () => {
  useZoneData(icuZones());
  for (const directory of directories) directory.remove();
  await database.dataSource.destroy();
  await place.drop();
});

/** As a node does that finds this release among its files. */
async function start(release: string, decreed: boolean): Promise<void> {
  const directory = writeZoneDirectory(release, zoneTables(decreed));
  directories.push(directory);
  installZoneData({ directory: directory.path, onFault: () => undefined });
  await new SharedZoneData(database, logger).agree();
}

test('a node with an older release uses that of the newest node, and never takes it back', async () => {
  await start('2098a', false);
  expect([zoneData().release, Zone.of('America/Havana').offsetAt(CHRISTMAS)]).toEqual(['2098a', -5 * HOUR]);
  await start('2098b', true);
  expect([zoneData().release, Zone.of('America/Havana').offsetAt(CHRISTMAS)]).toEqual(['2098b', -4 * HOUR]);
  for (const decreed of [false, true]) {
    await start('2098a', decreed);
    expect([zoneData().release, Zone.of('america/havana').offsetAt(CHRISTMAS)]).toEqual(['2098b', -4 * HOUR]);
  }
  expect(Zone.of('Africa/Casablanca').offsetAt(CHRISTMAS)).toBe(0);
  expect(Zone.of('Asia/Tokyo').offsetAt(CHRISTMAS)).toBe(9 * HOUR);
  const [row] = await database.query<{ release: string }>('SELECT release FROM platform.zone_data');
  expect(row?.release).toBe('2098b');
  expect(lines).toContain('Newer time zone data of another node');
});

test('logs newer data that cannot be copied once, and continues', async () => {
  await database.query(`UPDATE platform.zone_data SET release = '2098c', zones = NULL`);
  lines.splice(0);
  const shared = new SharedZoneData(database, logger);
  await shared.agree();
  await shared.agree();
  expect(zoneData().release).toBe('2098b');
  expect(lines).toEqual(['Another node has newer time zone data that cannot be copied: update Node here']);
});
