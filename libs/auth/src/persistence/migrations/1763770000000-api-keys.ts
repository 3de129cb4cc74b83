import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1 } from '@mono/platform';

/** A key may have several secrets, so that a rotation can overlap; it has limits, an end, and a history. */
export class ApiKeys1763770000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth"."api_key"
      ADD "list_ids" uuid[],
      ADD "allowed_ips" text[],
      ADD "expires_at" timestamptz(3),
      ADD "revoked_at" timestamptz(3),
      ADD "last_used_at" timestamptz(3),
      ADD "version" integer NOT NULL DEFAULT 1,
      ADD "updated_at" timestamptz(3)`);
    await runner.query(`UPDATE "auth"."api_key" SET "updated_at" = "created_at"`);
    await runner.query(`ALTER TABLE "auth"."api_key"
      ALTER "updated_at" SET NOT NULL, ALTER "updated_at" SET DEFAULT now()`);
    await runner.query(`CREATE TABLE "auth"."api_key_secret" (
      "short_id" text PRIMARY KEY,
      "api_key_id" uuid NOT NULL CONSTRAINT "api_key_secret_key_fk" REFERENCES "auth"."api_key" ("id") ON DELETE CASCADE,
      "environment" text NOT NULL,
      "secret_hash" bytea NOT NULL,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "expires_at" timestamptz(3)
    )`);
    await runner.query(`INSERT INTO "auth"."api_key_secret" ("short_id", "api_key_id", "environment", "secret_hash", "created_at")
      SELECT "short_id", "id", "environment", "secret_hash", "created_at" FROM "auth"."api_key"`);
    await runner.query(`ALTER TABLE "auth"."api_key" DROP "short_id", DROP "environment", DROP "secret_hash"`);
    await runner.query(`CREATE INDEX "api_key_secret_of_key" ON "auth"."api_key_secret" ("api_key_id")`);
    await runner.query(`CREATE INDEX "api_key_of_workspace" ON "auth"."api_key" ("workspace_id", "id")`);
    for (const statement of [...createOutboxV1('auth'), ...createIdempotencyV1('auth')]) await runner.query(statement);
  }

  /** A key with several secrets keeps its newest. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "auth"."api_key" ADD "short_id" text, ADD "environment" text, ADD "secret_hash" bytea`,
    );
    await runner.query(`UPDATE "auth"."api_key" k SET "short_id" = s."short_id", "environment" = s."environment", "secret_hash" = s."secret_hash"
      FROM (SELECT DISTINCT ON ("api_key_id") * FROM "auth"."api_key_secret" ORDER BY "api_key_id", "created_at" DESC) s
      WHERE s."api_key_id" = k."id"`);
    await runner.query('DROP TABLE "auth"."api_key_secret", "auth"."outbox", "auth"."idempotency"');
    await runner.query('DROP INDEX "auth"."api_key_of_workspace"');
    await runner.query(`ALTER TABLE "auth"."api_key"
      ALTER "short_id" SET NOT NULL, ALTER "environment" SET NOT NULL, ALTER "secret_hash" SET NOT NULL,
      ADD CONSTRAINT "api_key_short_id" UNIQUE ("short_id"),
      DROP "list_ids", DROP "allowed_ips", DROP "expires_at", DROP "revoked_at", DROP "last_used_at", DROP "version", DROP "updated_at"`);
  }
}
