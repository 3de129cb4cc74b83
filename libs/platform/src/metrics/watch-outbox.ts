// Metrics of the node's relays, one series per module.
import type { OutboxRelay } from '@mono/bus/outbox';
import type { Executor } from '../database/executor.js';
import type { Metrics } from './metrics.js';

interface Backlog {
  pending: number;
  oldest_seconds: number;
}

export function watchOutbox(metrics: Metrics, module: string, relay: OutboxRelay, database: Executor): void {
  const backlog = async (): Promise<Backlog> => {
    const [row] = await database.query<Backlog>(
      `SELECT count(*)::int AS pending, coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS oldest_seconds
       FROM "${module.replaceAll('-', '_')}"."outbox" WHERE published_at IS NULL`,
    );
    return row ?? { pending: 0, oldest_seconds: 0 };
  };
  const series: [string, string, () => number | Promise<number>][] = [
    ['outbox_published', 'Events published by this node.', () => relay.publishedTotal],
    ['outbox_refused', 'Events of this node that the bus has refused.', () => relay.refusedTotal],
    ['outbox_leader', 'Whether this node relays.', () => Number(relay.isLeader)],
    ['outbox_pending', 'Unpublished events.', async () => (await backlog()).pending],
    ['outbox_oldest_seconds', 'Age of the oldest unpublished event.', async () => (await backlog()).oldest_seconds],
  ];
  for (const [name, help, read] of series) metrics.member(name, help, 'module', module, read);
}
