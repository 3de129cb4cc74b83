// All nodes of an installation use the newest release of the zone data that any of them has. It is stored in the database, from
// which other nodes load it at their start and while they run.
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Executor } from '../database/executor.js';
import { Periodic } from '../host/periodic.js';
import type { Logger } from '../logging/logger.js';
import { tableRules, useZoneData, zoneData, type ZoneData, type ZoneTable } from '@mono/contract/zones';
import { compareReleases, withFallback } from './choose-zone-data.js';

const INTERVAL_MS = 60_000;
/** All zones take some two megabytes. */
const MAX_STORED_BYTES = 64 * 1024 * 1024;

/** The fields of a table by the name of the zone. */
type Stored = Record<string, [first: number, instants: number[], offsets: number[], footer: string]>;

export class SharedZoneData {
  private readonly periodic: Periodic;
  /** A newer release that this node cannot use, so that it is logged once. */
  private unusable = '';

  private readonly onError: (error: unknown) => void;

  constructor(
    private readonly database: Executor,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.onError = (error) => logger.warn({ err: error }, 'Failed to compare time zone data with the installation');
    this.periodic = new Periodic(() => this.agree(), { intervalMs: INTERVAL_MS, onError: this.onError });
  }

  /** Compares once before it returns, so that nothing is calculated with older data, then periodically. */
  async start(): Promise<void> {
    await this.agree().catch(this.onError);
    this.periodic.start();
  }

  stop(): Promise<void> {
    return this.periodic.stop();
  }

  /** Stores this node's data if it is newer, and otherwise loads newer data of the installation. */
  async agree(): Promise<void> {
    const [shared] = await this.database.query<{ release: string; copied: boolean }>(
      'SELECT release, zones IS NOT NULL AS copied FROM platform.zone_data',
    );
    const mine = zoneData();
    const order = shared ? compareReleases(mine.release, shared.release) : 1;
    if (order > 0 || (order === 0 && shared?.copied === false && hasTables(mine))) await this.offer(mine);
    else if (order < 0 && shared?.release !== this.unusable) await this.adopt();
  }

  private async offer(mine: ZoneData): Promise<void> {
    await this.database.query(
      `INSERT INTO platform.zone_data AS z (release, origin, zones) VALUES ($1, $2, $3)
       ON CONFLICT ("only") DO UPDATE SET release = excluded.release, origin = excluded.origin, zones = excluded.zones, since = now()
       WHERE z.release < excluded.release OR (z.release = excluded.release AND z.zones IS NULL)`,
      [mine.release, mine.origin, await packed(mine)],
    );
  }

  private async adopt(): Promise<void> {
    const mine = zoneData();
    const [shared] = await this.database.query<{ release: string; origin: string; zones: Buffer | null }>(
      'SELECT release, origin, zones FROM platform.zone_data WHERE release > $1',
      [mine.release],
    );
    if (!shared) return;
    const { release, origin, zones } = shared;
    if (zones === null) {
      this.unusable = release;
      this.logger.warn(
        { release: mine.release, newer: release, origin },
        'Another node has newer time zone data that cannot be copied: update Node here',
      );
      return;
    }
    useZoneData(withFallback(await unpacked(release, `another node (${origin})`, zones), mine));
    this.logger.info({ release, origin: zoneData().origin }, 'Newer time zone data of another node');
  }
}

function hasTables(data: ZoneData): boolean {
  return data.rulesOf('UTC')?.table !== undefined;
}

/** @returns null for data without tables. */
async function packed(data: ZoneData): Promise<Buffer | null> {
  if (!hasTables(data)) return null;
  const stored: Stored = {};
  for (const name of data.names()) {
    const table = data.rulesOf(name)?.table;
    if (table) stored[name] = [table.first, [...table.instants], [...table.offsets], table.footer];
    await pause();
  }
  return promisify(gzip)(JSON.stringify(stored));
}

export async function unpacked(release: string, origin: string, zones: Buffer): Promise<ZoneData> {
  const text = await promisify(gunzip)(zones, { maxOutputLength: MAX_STORED_BYTES });
  const tables = new Map(
    Object.entries(JSON.parse(text.toString('utf8')) as Stored).map(([name, [first, instants, offsets, footer]]) => {
      const table: ZoneTable = { first, instants, offsets, footer };
      return [name.toLowerCase(), { name, table }] as const;
    }),
  );
  const find = (name: string): { name: string; table: ZoneTable } | undefined => tables.get(name.toLowerCase());
  return {
    release,
    origin,
    nameOf: (name) => find(name)?.name,
    names: () => [...tables.values()].map(({ name }) => name),
    rulesOf(name) {
      const found = find(name);
      return found && tableRules(found.table);
    },
  };
}

/** Yields to the event loop between zones. */
export function pause(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
