// Applies changes of zone data to a module's tables, once among all nodes. Digests in the module's schema show which zones
// differ; their rows are updated page by page, each page together with the progress in one transaction. A node with an older
// release than the last applied one does nothing.
import type { Executor, TransactionalExecutor } from '../database/executor.js';
import type { PinoLogger } from 'nestjs-pino';
import { digestOf, zoneData, zoneNameOf, type ZoneData } from '@mono/contract/zones';
import { compareReleases } from './choose-zone-data.js';
import { pause } from './shared-zone-data.js';

export const ZONE_CHANGES_INTERVAL_MS = 60_000;
export const ZONE_CHANGES_FAILURE = 'Failed to apply changes of time zone data';
/**
 * Nodes load a newer release within a minute and write by their old one until then, so that the same zones are updated once
 * more after this time.
 */
const AGAIN_SECONDS = 600;
const PAGE = 200;

export interface ZoneChangesOptions {
  database: TransactionalExecutor;
  /** The schema of the module, with the table of `createZoneReleaseV1`. */
  schema: string;
  /** The stored zones of future rows that depend on zone data. */
  zonesInUse: (on: Executor) => Promise<string[]>;
  /**
   * Updates the next rows of a zone to the current zone data, in a transaction.
   * @param after the last updated id. @returns the last id of a full page, else undefined.
   */
  move: (on: Executor, page: { zone: string; after: string | null; limit: number }) => Promise<string | undefined>;
  /** Called after rows were updated. */
  onMoved: () => void;
  logger: Pick<PinoLogger, 'info' | 'warn'>;
}

interface State {
  release: string;
  digests: Record<string, string>;
  pending: string[];
  reached: string | null;
  again: string[];
  is_due: boolean;
}

/** The table with the zone data that a module's rows follow. */
export function createZoneReleaseV1(schema: string): string[] {
  return [
    // One row. digests: of each zone in `release`. pending: zones whose rows are to be visited, the first one up to `reached`.
    // again: zones that are visited once more at `again_at`.
    `CREATE TABLE "${schema}"."zone_release" (
      "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
      "release" text COLLATE "C" NOT NULL DEFAULT '',
      "digests" json NOT NULL DEFAULT '{}',
      "pending" text[] NOT NULL DEFAULT '{}',
      "reached" uuid,
      "again" text[] NOT NULL DEFAULT '{}',
      "again_at" timestamptz(3)
    )`,
    `INSERT INTO "${schema}"."zone_release" DEFAULT VALUES`,
  ];
}

export class ZoneChanges {
  /** The data whose changes are completely applied. */
  private visited: ZoneData | undefined;

  constructor(private readonly options: ZoneChangesOptions) {}

  /** Runs until nothing is pending. */
  async run(): Promise<void> {
    const data = zoneData();
    if (this.visited === data) return;
    // Digests of all zones take a while and are only calculated for a new release.
    if (await this.isNew(data)) await this.compare(data, await digestsOf(data));
    while (await this.step(data)) if (zoneData() !== data) return;
  }

  private async isNew({ release }: ZoneData): Promise<boolean> {
    const { database, schema } = this.options;
    const [state] = await database.query<{ release: string }>(`SELECT release FROM ${schema}.zone_release`);
    return compareReleases(release, state?.release ?? '') > 0;
  }

  private async compare(data: ZoneData, digests: Record<string, string>): Promise<void> {
    const { database, schema, zonesInUse, logger } = this.options;
    const differing = await database.transaction(async (on) => {
      const state = await this.lock(on);
      if (compareReleases(data.release, state.release) <= 0) return [];
      const used = await zonesInUse(on);
      // Rows of a zone without a digest were calculated with unknown zone data.
      const changed = used.filter((zone) => {
        const name = zoneNameOf(zone) ?? zone;
        return digests[name] !== undefined && state.digests[name] !== digests[name];
      });
      const pending = [...new Set([...state.pending, ...changed])].toSorted();
      await on.query(
        `UPDATE ${schema}.zone_release SET release = $1, digests = $2, pending = $3, reached = NULL, again = '{}', again_at = NULL`,
        [data.release, JSON.stringify(digests), pending],
      );
      return pending;
    });
    if (differing.length > 0)
      logger.info({ module: schema, release: data.release, zones: differing }, 'Time zones have changed');
  }

  /** @returns whether more is pending. */
  private async step(data: ZoneData): Promise<boolean> {
    const { database, schema, move, onMoved } = this.options;
    return database.transaction(async (on) => {
      const state = await this.lock(on);
      // Another node has newer data and continues with it.
      if (state.release !== data.release) return false;
      const [zone, ...others] = state.pending;
      if (zone !== undefined) {
        const reached = await move(on, { zone, after: state.reached, limit: PAGE });
        const isDone = reached === undefined;
        await on.query(
          `UPDATE ${schema}.zone_release SET pending = $1, reached = $2, again = $3,
             again_at = CASE WHEN $4 THEN now() + make_interval(secs => ${AGAIN_SECONDS}) ELSE again_at END`,
          [
            isDone ? others : state.pending,
            reached ?? null,
            isDone && !state.is_due ? [...state.again, zone] : state.again,
            isDone && others.length === 0 && !state.is_due,
          ],
        );
        on.afterCommit(onMoved);
        return true;
      }
      return this.begin(on, state, data);
    });
  }

  /** Starts the second update of zones when it is due. */
  private async begin(on: Executor, { again, is_due: isDue }: State, data: ZoneData): Promise<boolean> {
    const { schema } = this.options;
    if (again.length === 0) {
      this.visited = data;
      if (isDue) await on.query(`UPDATE ${schema}.zone_release SET again_at = NULL`);
      return false;
    }
    if (!isDue) return false;
    await on.query(`UPDATE ${schema}.zone_release SET pending = again, again = '{}'`);
    return true;
  }

  private async lock(on: Executor): Promise<State> {
    const [state] = await on.query<State>(
      `SELECT release, digests, pending, reached, again, coalesce(again_at <= now(), false) AS is_due
       FROM ${this.options.schema}.zone_release FOR UPDATE`,
    );
    if (!state) throw new Error(`Invariant violated: ${this.options.schema}.zone_release has no row.`);
    return state;
  }
}

const known = new WeakMap<ZoneData, Promise<Record<string, string>>>();

/** By name; calculated once for all modules of a process. */
function digestsOf(data: ZoneData): Promise<Record<string, string>> {
  let digests = known.get(data);
  if (!digests) known.set(data, (digests = count(data)));
  return digests;
}

async function count(data: ZoneData): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of data.names()) {
    const rules = data.rulesOf(name);
    if (rules) digests[name] = digestOf(rules);
    await pause();
  }
  return digests;
}
