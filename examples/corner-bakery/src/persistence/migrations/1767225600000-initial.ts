import { createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const LOAF = [
  `CREATE TABLE "corner_bakery"."rye_loaf" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "title" text NOT NULL,
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX "rye_loaf_of_workspace" ON "corner_bakery"."rye_loaf" ("workspace_id", "id")`,
];

export class Initial1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      ...LOAF,
      ...createOutboxV1('corner_bakery'),
      ...createInboxV1('corner_bakery'),
      ...createIdempotencyV1('corner_bakery'),
    ])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE "corner_bakery"."rye_loaf", "corner_bakery"."outbox", "corner_bakery"."inbox", "corner_bakery"."idempotency"',
    );
  }
}
