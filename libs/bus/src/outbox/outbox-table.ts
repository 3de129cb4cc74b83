// The outbox table that every module keeps in its own schema, so that events commit with their change.
// A released version of this DDL never changes: an alteration is a new function, called by a new migration.

/**
 * The columns that the statement of a change writes; the others have defaults. `payload` is the event's JSON without `id`,
 * `version` and `occurred_at`, which the relay adds. Its `traceparent` (W3C) and `request_id` also travel in the message's
 * headers.
 */
export const OUTBOX_COLUMNS = ['event_id', 'subject', 'aggregate_id', 'version', 'occurred_at', 'payload'] as const;

export function createOutboxV1(schema: string): string[] {
  return [
    `CREATE TABLE "${schema}"."outbox" (
      "seq" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      "event_id" uuid NOT NULL,
      "subject" text NOT NULL,
      "aggregate_id" uuid NOT NULL,
      "version" integer NOT NULL,
      "occurred_at" timestamptz(3) NOT NULL,
      "payload" json NOT NULL,
      "attempts" integer NOT NULL DEFAULT 0,
      "next_attempt_at" timestamptz(3) NOT NULL DEFAULT '-infinity',
      "last_error" text,
      "published_at" timestamptz(3)
    )`,
    // For the relay: the oldest rows, and earlier pending events of an aggregate.
    `CREATE INDEX "outbox_pending" ON "${schema}"."outbox" ("seq") WHERE "published_at" IS NULL`,
    `CREATE INDEX "outbox_pending_by_aggregate" ON "${schema}"."outbox" ("aggregate_id", "seq") WHERE "published_at" IS NULL`,
    // For pruning.
    `CREATE INDEX "outbox_published" ON "${schema}"."outbox" ("published_at") WHERE "published_at" IS NOT NULL`,
  ];
}

/**
 * Adds the stream sequence of each published event, by which the relay finds lost events. Rows are kept as long as the stream
 * keeps events, so that vacuuming depends on a number of rows and not on a share of the table.
 */
export function alterOutboxV2(schema: string): string[] {
  return [
    `ALTER TABLE "${schema}"."outbox" ADD COLUMN "stream_seq" bigint`,
    `CREATE INDEX "outbox_stream_seq" ON "${schema}"."outbox" ("stream_seq") WHERE "stream_seq" IS NOT NULL`,
    `ALTER TABLE "${schema}"."outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000)`,
  ];
}
