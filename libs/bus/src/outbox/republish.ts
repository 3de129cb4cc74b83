// By hand: what has happened since an instant is published again.
import type { Pool } from 'pg';
import { OutboxRows } from './outbox-rows.js';

/**
 * Marks the stored events of a module since then as pending. The relay publishes them; consumers recognise repeats by their
 * ids. @returns how many.
 */
export function republishEvents(pool: Pick<Pool, 'query'>, module: string, since: Date): Promise<number> {
  return new OutboxRows(module.replaceAll('-', '_')).publishAgainSince(pool, since);
}
