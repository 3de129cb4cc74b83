import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeadLetters1763683300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "platform"."dead_letter" (
      "id" uuid PRIMARY KEY,
      "key" text NOT NULL CONSTRAINT "dead_letter_key" UNIQUE,
      "source" text NOT NULL CHECK ("source" IN ('message', 'job')),
      "module" text NOT NULL,
      "consumer" text NOT NULL,
      "subject" text NOT NULL,
      "stream" text,
      "stream_seq" bigint,
      "payload" bytea NOT NULL,
      "headers" jsonb NOT NULL,
      "error_code" text NOT NULL,
      "error_message" text NOT NULL,
      "error_stack" text,
      "attempts" integer NOT NULL,
      "status" text NOT NULL DEFAULT 'open' CHECK ("status" IN ('open', 'retried', 'discarded')),
      "retries" integer NOT NULL DEFAULT 0,
      "retry_subject" text,
      "dispatched_at" timestamptz(3),
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "failed_at" timestamptz(3) NOT NULL,
      "resolved_at" timestamptz(3),
      "resolved_by" text,
      "note" text,
      "version" integer NOT NULL DEFAULT 1
    )`);
    await runner.query(`CREATE INDEX "dead_letter_status" ON "platform"."dead_letter" ("status", "id")`);
    // For the dispatcher.
    await runner.query(
      `CREATE INDEX "dead_letter_to_dispatch" ON "platform"."dead_letter" ("id") WHERE "status" = 'retried' AND "dispatched_at" IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "platform"."dead_letter"');
  }
}
