// Metrics of deliveries, for all nodes together but the attempts.
import { Injectable } from '@nestjs/common';
import { Database, Metrics } from '@mono/platform';
import type { Verdict } from '../domain/retry-schedule.js';

type Outcome = Verdict | 'failed';

@Injectable()
export class DeliveryMetrics {
  private readonly counts: Record<Outcome, number> = { delivered: 0, gone: 0, refused: 0, unavailable: 0, failed: 0 };

  constructor(metrics: Metrics, database: Database) {
    const ask = async (statement: string): Promise<number> => {
      const [row] = await database.query<{ value: number }>(statement);
      return row?.value ?? 0;
    };
    metrics.gauges('webhooks_attempts', 'Attempts of this node to deliver webhooks, by outcome.', 'outcome', () =>
      Promise.resolve({ ...this.counts }),
    );
    metrics.gauge('webhooks_pending', 'Pending deliveries of webhooks.', () =>
      ask('SELECT coalesce(sum(pending), 0)::int AS value FROM webhooks.webhook'),
    );
    metrics.gauge('webhooks_oldest_seconds', 'Age of the oldest pending delivery of a webhook.', () =>
      ask(`SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS value
        FROM webhooks.delivery WHERE head`),
    );
    metrics.gauge('webhooks_failing', 'Enabled webhooks whose last attempt has failed.', () =>
      ask('SELECT count(*)::int AS value FROM webhooks.webhook WHERE enabled AND failing_since IS NOT NULL'),
    );
  }

  count(outcome: Outcome): void {
    this.counts[outcome] += 1;
  }
}
