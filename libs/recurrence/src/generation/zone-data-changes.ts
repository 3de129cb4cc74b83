// New zone data moves the instants of templates whose local times stay. Planning them again moves the occurrences that no user
// has touched. Clients see no change of a template, so it keeps its version.
import { Injectable } from '@nestjs/common';
import {
  Database,
  Periodically,
  ZONE_CHANGES_FAILURE,
  ZONE_CHANGES_INTERVAL_MS,
  ZoneChanges,
  type Executor,
} from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';

@Injectable()
export class ZoneDataChanges {
  private readonly changes: ZoneChanges;

  constructor(database: Database, logger: PinoLogger) {
    this.changes = new ZoneChanges({
      database,
      schema: 'recurrence',
      zonesInUse: templateZones,
      move: replanZone,
      // The reconciler finds the templates that have to be planned again.
      onMoved: () => undefined,
      logger,
    });
  }

  @Periodically({ everyMs: ZONE_CHANGES_INTERVAL_MS, atStart: true, failure: ZONE_CHANGES_FAILURE })
  follow(): Promise<void> {
    return this.changes.run();
  }
}

async function templateZones(on: Executor): Promise<string[]> {
  const rows = await on.query<{ zone: string }>(
    `SELECT DISTINCT zone FROM recurrence.template WHERE status = 'active' AND deleted_at IS NULL`,
  );
  return rows.map(({ zone }) => zone);
}

/**
 * In a transaction. Intervals are keyed by instants: past occurrences keep their keys and are not planned again.
 * @returns the last id of a whole page; undefined after the last page.
 */
async function replanZone(
  on: Executor,
  { zone, after, limit }: { zone: string; after: string | null; limit: number },
): Promise<string | undefined> {
  const rows = await on.query<{ id: string }>(
    `WITH page AS (
       SELECT id FROM recurrence.template
       WHERE zone = $1 AND status = 'active' AND deleted_at IS NULL AND ($2::uuid IS NULL OR id > $2)
       ORDER BY id LIMIT $3 FOR UPDATE
     ), planned AS (
       UPDATE recurrence.template t SET revision = t.revision + 1, zone_revision = t.revision + 1, planned_before = NULL,
         plan_from = CASE WHEN t.rule->>'pattern' = 'interval' THEN greatest(t.plan_from, now()) ELSE t.plan_from END,
         next_run_at = now()
       FROM page WHERE t.id = page.id RETURNING t.id
     )
     SELECT id FROM planned ORDER BY id`,
    [zone, after, limit],
  );
  return rows.length < limit ? undefined : rows.at(-1)?.id;
}
