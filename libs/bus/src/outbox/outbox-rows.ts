// The relay's statements over a module's outbox table.
import type { PoolClient } from 'pg';

export interface OutboxRow {
  seq: string;
  event_id: string;
  subject: string;
  aggregate_id: string;
  /** The event as it is published: the stored payload behind `id`, `version` and `occurred_at`. */
  body: string;
  attempts: number;
  /** Out of the payload: where the trace is that the event belongs to. */
  traceparent: string | null;
}

/** A row that the bus refuses is tried again later and later, up to this. */
const MAX_BACKOFF_SECONDS = 300;

export class OutboxRows {
  private readonly table: string;

  constructor(schema: string) {
    this.table = `"${schema}"."outbox"`;
  }

  /**
   * The oldest waiting rows, without those behind an earlier row of their aggregate that has to wait. That is asked of each
   * row by itself: as an anti-join, PostgreSQL reads the whole backlog for every batch.
   */
  async due(client: PoolClient, limit: number): Promise<OutboxRow[]> {
    const { rows } = await client.query<OutboxRow>({
      name: `outbox_due_${this.table}`,
      text: `SELECT o.seq, o.event_id, o.subject, o.aggregate_id, o.attempts, o.payload->>'traceparent' AS traceparent,
          '{"id":"' || o.event_id || '","version":' || o.version || ',"occurred_at":"'
            || to_char(o.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"'
            || CASE WHEN ltrim(substr(ltrim(o.payload::text), 2)) = '}' THEN '' ELSE ',' END
            || substr(ltrim(o.payload::text), 2) AS body
        FROM ${this.table} o
        WHERE o.published_at IS NULL AND o.next_attempt_at <= now() AND (
          SELECT true FROM ${this.table} p
          WHERE p.aggregate_id = o.aggregate_id AND p.published_at IS NULL AND p.seq < o.seq AND p.next_attempt_at > now()
          LIMIT 1) IS NULL
        ORDER BY o.seq LIMIT $1`,
      values: [limit],
    });
    return rows;
  }

  async markPublished(client: PoolClient, seqs: readonly string[]): Promise<void> {
    await client.query({
      name: `outbox_published_${this.table}`,
      text: `UPDATE ${this.table} SET published_at = now(), last_error = NULL WHERE seq = ANY($1::bigint[])`,
      values: [seqs],
    });
  }

  async markRefused(client: PoolClient, { seq, attempts }: OutboxRow, reason: string): Promise<void> {
    const waitSeconds = Math.min(2 ** attempts, MAX_BACKOFF_SECONDS);
    await client.query(
      `UPDATE ${this.table} SET attempts = attempts + 1, last_error = $2, next_attempt_at = now() + make_interval(secs => $3) WHERE seq = $1`,
      [seq, reason.slice(0, 1_000), waitSeconds],
    );
  }

  /** @returns how many were removed; less than the limit means that no more are old enough. */
  async prune(client: PoolClient, keepMs: number, limit: number): Promise<number> {
    const { rowCount } = await client.query(
      `DELETE FROM ${this.table} WHERE seq IN (
        SELECT seq FROM ${this.table} WHERE published_at < now() - make_interval(secs => $1) LIMIT $2)`,
      [keepMs / 1_000, limit],
    );
    return rowCount ?? 0;
  }

  /** After the loss of a stream, or of its latest part: what is still kept waits again. @returns how many. */
  async publishAgain(client: Pick<PoolClient, 'query'>, since?: Date): Promise<number> {
    const { rowCount } = await client.query(
      `UPDATE ${this.table} SET published_at = NULL
       WHERE published_at IS NOT NULL AND ($1::timestamptz IS NULL OR occurred_at >= $1)`,
      [since ?? null],
    );
    return rowCount ?? 0;
  }
}
