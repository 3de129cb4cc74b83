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
  /** The trace of the event, from the payload. */
  traceparent: string | null;
  /** The request that caused the event, from the payload. */
  request_id: string | null;
}

/** A row, and its place in the stream. */
export interface Published {
  seq: string;
  streamSeq: number;
}

export interface Placed {
  eventId: string;
  place: number;
  /** null if a node of an earlier release publishes it again. */
  publishedAt: Date | null;
}

type Queryable = Pick<PoolClient, 'query'>;

const AGAIN_ROWS = 10_000;
/** The maximum pause before a refused row is retried. */
const MAX_BACKOFF_SECONDS = 300;

export class OutboxRows {
  private readonly table: string;

  constructor(schema: string) {
    this.table = `"${schema}"."outbox"`;
  }

  /**
   * The oldest pending rows, without those after a delayed row of the same aggregate. The condition is a subquery per row: for
   * an anti-join, PostgreSQL would read the whole backlog for every batch.
   */
  async due(client: PoolClient, limit: number): Promise<OutboxRow[]> {
    const { rows } = await client.query<OutboxRow>({
      name: `outbox_due_${this.table}`,
      text: `SELECT o.seq, o.event_id, o.subject, o.aggregate_id, o.attempts, o.payload->>'traceparent' AS traceparent,
          o.payload->>'request_id' AS request_id,
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

  async markPublished(client: PoolClient, published: readonly Published[]): Promise<void> {
    await client.query({
      name: `outbox_published_${this.table}`,
      text: `UPDATE ${this.table} o SET published_at = now(), last_error = NULL, stream_seq = p.stream_seq
        FROM unnest($1::bigint[], $2::bigint[]) AS p (seq, stream_seq) WHERE o.seq = p.seq`,
      values: [published.map(({ seq }) => seq), published.map(({ streamSeq }) => streamSeq)],
    });
  }

  async markRefused(client: PoolClient, { seq, attempts }: OutboxRow, reason: string): Promise<void> {
    const waitSeconds = Math.min(2 ** attempts, MAX_BACKOFF_SECONDS);
    await client.query(
      `UPDATE ${this.table} SET attempts = attempts + 1, last_error = $2, next_attempt_at = now() + make_interval(secs => $3) WHERE seq = $1`,
      [seq, reason.slice(0, 1_000), waitSeconds],
    );
  }

  /** @returns how many were removed; fewer than the limit means that none are left. */
  async prune(client: PoolClient, keepMs: number, limit: number): Promise<number> {
    const { rowCount } = await client.query(
      `DELETE FROM ${this.table} WHERE seq IN (
        SELECT seq FROM ${this.table} WHERE published_at < now() - make_interval(secs => $1) LIMIT $2)`,
      [keepMs / 1_000, limit],
    );
    return rowCount ?? 0;
  }

  /** The published row with the highest place up to this one. */
  async placedUpTo(client: PoolClient, place: number): Promise<Placed | undefined> {
    const { rows } = await client.query<{ event_id: string; stream_seq: string; published_at: Date | null }>({
      name: `outbox_placed_${this.table}`,
      text: `SELECT event_id, stream_seq, published_at FROM ${this.table}
        WHERE stream_seq IS NOT NULL AND stream_seq <= $1 ORDER BY stream_seq DESC LIMIT 1`,
      values: [Math.min(place, Number.MAX_SAFE_INTEGER)],
    });
    const [row] = rows;
    return row && { eventId: row.event_id, place: Number(row.stream_seq), publishedAt: row.published_at };
  }

  /**
   * Marks rows after this place as pending, oldest place first: after a crash in between, the last one still shows the loss.
   * @returns how many.
   */
  publishAgainBehind(client: Queryable, place: number, maxAgeMs: number): Promise<number> {
    return this.publishAgain(client, 'stream_seq > $3 ORDER BY stream_seq', maxAgeMs, [place]);
  }

  /** Marks rows before this place as pending unless they are older. @returns how many. */
  publishAgainBefore(client: Queryable, place: number, youngerThanMs: number): Promise<number> {
    const younger = 'stream_seq < $3 AND published_at > now() - make_interval(secs => $1)';
    return this.publishAgain(client, younger, youngerThanMs, [place]);
  }

  /** @returns how many were marked as pending. */
  publishAgainAt(client: Queryable, places: readonly number[], maxAgeMs: number): Promise<number> {
    return this.publishAgain(client, 'stream_seq = ANY($3::bigint[])', maxAgeMs, [places]);
  }

  /**
   * Marks rows without a recorded place (of nodes of an earlier release) that were published after this instant as pending.
   * @returns how many.
   */
  publishAgainWithoutPlace(client: Queryable, after: Date, maxAgeMs: number): Promise<number> {
    const recent = 'published_at > greatest($3, now() - make_interval(secs => $1)) AND stream_seq IS NULL';
    return this.publishAgain(client, recent, maxAgeMs, [after]);
  }

  /** Marks events since then as pending. @returns how many. */
  async publishAgainSince(client: Queryable, since: Date): Promise<number> {
    // A fixed end, since the relay publishes meanwhile and each row should be repeated once.
    const { rows } = await client.query<{ now: Date }>('SELECT now()');
    const which = `occurred_at >= $3 AND published_at >= $3::timestamptz - interval '1 hour' AND published_at < $4`;
    return this.publishAgain(client, which, undefined, [since, rows[0]?.now]);
  }

  /** In batches, since a stream of a month may be lost. Rows that the stream would have removed by now only lose their place. */
  private async publishAgain(
    client: Queryable,
    which: string,
    maxAgeMs: number | undefined,
    values: readonly unknown[],
  ): Promise<number> {
    let waiting = 0;
    for (;;) {
      const { rows } = await client.query<{ changed: number; waiting: number }>(
        `WITH again AS (
           UPDATE ${this.table} SET stream_seq = NULL,
             published_at = CASE WHEN $1::float8 IS NULL OR published_at > now() - make_interval(secs => $1) THEN NULL ELSE published_at END
           WHERE seq = ANY(ARRAY(SELECT seq FROM ${this.table} WHERE ${which} LIMIT $2)) RETURNING published_at)
         SELECT count(*)::int AS changed, count(*) FILTER (WHERE published_at IS NULL)::int AS waiting FROM again`,
        [maxAgeMs === undefined ? null : maxAgeMs / 1_000, AGAIN_ROWS, ...values],
      );
      const [{ changed, waiting: more } = { changed: 0, waiting: 0 }] = rows;
      waiting += more;
      if (changed < AGAIN_ROWS) return waiting;
    }
  }
}
