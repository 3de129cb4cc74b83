// The table behind `Idempotency-Key`, in every module's own schema, so that a key commits with the change that it names.
// A released version of this DDL never changes: an alteration is a new function, called by a new migration.

export function createIdempotencyV1(schema: string): string[] {
  return [
    `CREATE TABLE "${schema}"."idempotency" (
      "workspace_id" uuid NOT NULL,
      "principal_id" text NOT NULL,
      "operation" text NOT NULL,
      "key" text NOT NULL,
      "request_hash" bytea NOT NULL,
      "response" json,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY ("workspace_id", "principal_id", "operation", "key")
    )`,
    `CREATE INDEX "idempotency_created" ON "${schema}"."idempotency" ("created_at")`,
  ];
}
