import { alterOutboxV2, createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1, createMembershipV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // `pending` counts the pending deliveries, `failures` the failed attempts in a row. `creator_list_ids` are the lists of the
  // creator as last known; each attempt asks again.
  `CREATE TABLE "webhooks"."webhook" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "url" text NOT NULL,
    "event_types" text[] NOT NULL,
    "list_id" uuid,
    "description" text NOT NULL,
    "enabled" boolean NOT NULL,
    "disabled_reason" text,
    "creator_kind" text NOT NULL,
    "creator_id" uuid NOT NULL,
    "creator_list_ids" uuid[],
    "secret" text NOT NULL,
    "previous_secret" text,
    "previous_secret_expires_at" timestamptz(3),
    "active_since" timestamptz(3) NOT NULL DEFAULT now(),
    "pending" integer NOT NULL DEFAULT 0,
    "failures" integer NOT NULL DEFAULT 0,
    "failing_since" timestamptz(3),
    "paused_until" timestamptz(3),
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now()
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX "webhook_of_workspace" ON "webhooks"."webhook" ("workspace_id", "id")`,
  `CREATE INDEX "webhook_of_creator" ON "webhooks"."webhook" ("creator_id")`,
  // `head`: the first pending one of its thing, the only one that may be sent. `lease` numbers the claims: it fences writers
  // whose lease has ended. `held_until`: earlier events of the stream may still be on their way until then.
  `CREATE TABLE "webhooks"."delivery" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "webhook_id" uuid NOT NULL,
    "event_id" uuid NOT NULL,
    "event_type" text NOT NULL,
    "type" text NOT NULL,
    "thing_type" text NOT NULL,
    "thing_id" uuid NOT NULL,
    "version" integer NOT NULL,
    "change" text NOT NULL,
    "list_id" uuid,
    "from_list_id" uuid,
    "event" json NOT NULL,
    "consumer" text,
    "stream_seq" bigint,
    "held_until" timestamptz(3),
    "status" text NOT NULL DEFAULT 'pending',
    "head" boolean NOT NULL DEFAULT false,
    "attempts" integer NOT NULL DEFAULT 0,
    "first_attempt_at" timestamptz(3),
    "next_attempt_at" timestamptz(3) NOT NULL DEFAULT now(),
    "lease" integer NOT NULL DEFAULT 0,
    "lease_until" timestamptz(3),
    "letter_job" text,
    "attempted_at" timestamptz(3),
    "duration_ms" integer,
    "response_status" integer,
    "response_start" text,
    "error" text,
    "error_message" text,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "delivery_event" UNIQUE ("webhook_id", "event_id")
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX "delivery_order" ON "webhooks"."delivery" ("webhook_id", "thing_type", "thing_id", "version", "id") WHERE "status" = 'pending'`,
  `CREATE INDEX "delivery_head" ON "webhooks"."delivery" ("webhook_id", "thing_type", "thing_id") WHERE "head"`,
  `CREATE INDEX "delivery_due" ON "webhooks"."delivery" ("webhook_id", "next_attempt_at") WHERE "head"`,
  `CREATE INDEX "delivery_log" ON "webhooks"."delivery" ("webhook_id", "id")`,
  // Pruning reads it.
  `CREATE INDEX "delivery_created" ON "webhooks"."delivery" ("created_at")`,
  // Failed ones whose dead letter is not written yet.
  `CREATE INDEX "delivery_letterless" ON "webhooks"."delivery" ("id") WHERE "status" = 'failed' AND "letter_job" IS NULL`,
];

export class Initial1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      ...STATEMENTS,
      ...createOutboxV1('webhooks'),
      ...alterOutboxV2('webhooks'),
      ...createInboxV1('webhooks'),
      ...createIdempotencyV1('webhooks'),
      ...createMembershipV1('webhooks'),
    ])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['webhook', 'delivery', 'outbox', 'inbox', 'idempotency', 'membership'];
    await runner.query(`DROP TABLE ${tables.map((table) => `"webhooks"."${table}"`).join(', ')}`);
  }
}
