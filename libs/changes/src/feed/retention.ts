// Prunes changes that are older than the retention: always the oldest of a workspace, so that a token is whole or expired.
import { Inject, Injectable } from '@nestjs/common';
import { Database, eventMemoryMs, NodeInfo, Periodically, PRUNING_INTERVAL_MS, type ConfigOf } from '@mono/platform';
import { changesConfig } from '../changes.config.js';
import { lockFeeds } from './feed-writer.js';

const BATCH = 5_000;

@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    private readonly node: NodeInfo,
    @Inject(changesConfig.KEY) private readonly config: ConfigOf<typeof changesConfig>,
  ) {}

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune the change feed' })
  async prune(batch = BATCH): Promise<void> {
    while ((await this.pruneBatch(batch)) === batch);
    const memorySeconds = eventMemoryMs(this.node) / 1_000;
    await this.database.query(`DELETE FROM changes.feed WHERE erased_at < now() - make_interval(secs => $1::float8)`, [
      memorySeconds,
    ]);
  }

  /** @returns how many were found; fewer than `batch` means that no more are old enough. */
  private pruneBatch(batch: number): Promise<number> {
    return this.database.transaction(async (on) => {
      const old = await on.query<{ workspace_id: string; position: string }>(
        `SELECT workspace_id, position FROM changes.change
         WHERE recorded_at < now() - make_interval(days => $1::integer) ORDER BY recorded_at LIMIT $2`,
        [this.config.CHANGES_RETENTION_DAYS, batch],
      );
      if (old.length === 0) return 0;
      const last = new Map<string, number>();
      for (const { workspace_id: id, position } of old) last.set(id, Math.max(last.get(id) ?? 0, Number(position)));
      const values = [[...last.keys()], [...last.values()]];
      await lockFeeds(on, [...last.keys()]);
      await on.query(
        `UPDATE changes.feed f SET pruned_to = greatest(f.pruned_to, n.position)
         FROM unnest($1::uuid[], $2::bigint[]) AS n (workspace_id, position) WHERE f.workspace_id = n.workspace_id`,
        values,
      );
      await on.query(
        `DELETE FROM changes.change c USING unnest($1::uuid[], $2::bigint[]) AS n (workspace_id, position)
         WHERE c.workspace_id = n.workspace_id AND c.position <= n.position`,
        values,
      );
      return old.length;
    });
  }
}
