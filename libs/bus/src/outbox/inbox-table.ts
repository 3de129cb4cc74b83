// The inbox table that every consuming module keeps in its own schema: which events have had their effect. It commits with
// the effect, so an event takes effect in the database exactly once, however often it is delivered.
// A released version of this DDL never changes: an alteration is a new function, called by a new migration.

export function createInboxV1(schema: string): string[] {
  return [
    `CREATE TABLE "${schema}"."inbox" (
      "consumer" text NOT NULL,
      "event_id" uuid NOT NULL,
      "processed_at" timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT "inbox_pk" PRIMARY KEY ("consumer", "event_id")
    )`,
    // What pruning reads.
    `CREATE INDEX "inbox_processed" ON "${schema}"."inbox" ("processed_at")`,
  ];
}
