// An effect, exactly once per consumer and event.

interface Statement {
  name: string;
  text: string;
}

/** A transaction of the consumer's own database: pg's client, or a host's executor that gives the rows themselves. */
export interface InboxTransaction {
  query: (...args: never[]) => Promise<unknown>;
}

export interface InboxEntry {
  schema: string;
  consumer: string;
  /** UUID. */
  eventId: string;
}

/**
 * Runs `effect` unless the event has had it. Both happen in the caller's transaction: a rollback leaves neither. A second
 * delivery at the same moment waits for the first one's end.
 * @returns whether the effect ran.
 */
export async function onceByInbox(
  transaction: InboxTransaction,
  { schema, consumer, eventId }: InboxEntry,
  effect: () => Promise<void>,
): Promise<boolean> {
  const query = transaction.query.bind(transaction) as (
    statement: Statement,
    values: readonly unknown[],
  ) => Promise<unknown>;
  const result = await query(
    {
      name: `inbox_enter_${schema}`,
      text: `INSERT INTO "${schema}"."inbox" ("consumer", "event_id") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1 AS "entered"`,
    },
    [consumer, eventId],
  );
  const rows = Array.isArray(result) ? result : (result as { rows: unknown[] }).rows;
  if (rows.length === 0) return false;
  await effect();
  return true;
}

/**
 * Forgets what was processed longer ago than `keepMs`: to be longer than the stream and the dead letters keep an event.
 * @returns how many rows; less than `limit` means that no more are old enough.
 */
export async function pruneInbox(on: InboxTransaction, schema: string, keepMs: number, limit = 5_000): Promise<number> {
  const query = on.query.bind(on) as (text: string, values: readonly unknown[]) => Promise<unknown>;
  const result = await query(
    `DELETE FROM "${schema}"."inbox" WHERE ("consumer", "event_id") IN (
      SELECT "consumer", "event_id" FROM "${schema}"."inbox"
      WHERE "processed_at" < now() - make_interval(secs => $1) LIMIT $2) RETURNING 1`,
    [keepMs / 1_000, limit],
  );
  return Array.isArray(result) ? result.length : ((result as { rowCount: number | null }).rowCount ?? 0);
}
