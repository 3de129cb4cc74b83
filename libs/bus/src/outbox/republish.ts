// By hand: what has happened since an instant is published again.
import type { Pool } from 'pg';
import { OutboxRows } from './outbox-rows.js';

/**
 * Lets the events of a module wait again that have happened since then and are kept. The relay publishes them; consumers know
 * repeats by their ids. @returns how many.
 */
export function republishEvents(pool: Pick<Pool, 'query'>, module: string, since: Date): Promise<number> {
  return new OutboxRows(module.replaceAll('-', '_')).publishAgainSince(pool, since);
}
