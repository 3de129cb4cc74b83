// Prunes deliveries that are older than the retention. Pending ones that old are those of webhooks that are gone.
import { Inject, Injectable } from '@nestjs/common';
import { Database, Periodically, PRUNING_INTERVAL_MS, type ConfigOf } from '@mono/platform';
import { webhooksConfig } from '../webhooks.config.js';

const BATCH = 5_000;

@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    @Inject(webhooksConfig.KEY) private readonly config: ConfigOf<typeof webhooksConfig>,
  ) {}

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune webhook deliveries' })
  async prune(batch = BATCH): Promise<void> {
    let pruned = batch;
    while (pruned === batch) {
      const rows = await this.database.query(
        `DELETE FROM webhooks.delivery d WHERE id IN (
           SELECT id FROM webhooks.delivery o
           WHERE created_at < now() - make_interval(days => $1::integer)
             AND (status <> 'pending' OR NOT EXISTS (SELECT FROM webhooks.webhook w WHERE w.id = o.webhook_id))
           ORDER BY created_at LIMIT $2) RETURNING 1`,
        [this.config.WEBHOOKS_RETENTION_DAYS, batch],
      );
      pruned = rows.length;
    }
  }
}
