import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit1763683400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "platform"."audit" (
      "seq" bigint PRIMARY KEY,
      "id" uuid NOT NULL,
      "at" timestamptz(3) NOT NULL,
      "action" text NOT NULL,
      "actor_kind" text NOT NULL,
      "actor_id" text NOT NULL,
      "workspace_id" uuid,
      "request_id" text,
      "source" text NOT NULL,
      "details" text NOT NULL,
      "key_id" text NOT NULL,
      "previous_hash" bytea NOT NULL,
      "hash" bytea NOT NULL
    )`);
    await runner.query(`CREATE INDEX "audit_action" ON "platform"."audit" ("action", "seq")`);
    await runner.query(`CREATE INDEX "audit_actor" ON "platform"."audit" ("actor_id", "seq")`);
    // One row: where the chain ends. Its lock puts writers in a line.
    await runner.query(`CREATE TABLE "platform"."audit_head" (
      "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
      "seq" bigint NOT NULL,
      "hash" bytea NOT NULL
    )`);
    await runner.query(`INSERT INTO "platform"."audit_head" ("seq", "hash") VALUES (0, '\\x')`);
    // One row at most: where the chain begins after a retention cut, signed.
    await runner.query(`CREATE TABLE "platform"."audit_anchor" (
      "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
      "seq" bigint NOT NULL,
      "hash" bytea NOT NULL,
      "key_id" text NOT NULL,
      "signature" bytea NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "platform"."audit", "platform"."audit_head", "platform"."audit_anchor"');
  }
}
