// The inbox table of a consuming module records the events that have had their effect. It commits with the effect, so that an
// event takes effect in the database exactly once, also if it is redelivered. A released version of this DDL never changes: an
// alteration is a new function, called by a new migration.

export function createInboxV1(schema: string): string[] {
  return [
    `CREATE TABLE "${schema}"."inbox" (
      "consumer" text NOT NULL,
      "event_id" uuid NOT NULL,
      "processed_at" timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT "inbox_pk" PRIMARY KEY ("consumer", "event_id")
    )`,
    // For pruning.
    `CREATE INDEX "inbox_processed" ON "${schema}"."inbox" ("processed_at")`,
  ];
}
