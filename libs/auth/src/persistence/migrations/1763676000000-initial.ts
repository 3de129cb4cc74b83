import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1763676000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "auth"."workspace" (
      "id" uuid PRIMARY KEY,
      "name" text NOT NULL,
      "timezone" text NOT NULL DEFAULT 'UTC',
      "is_default" boolean NOT NULL DEFAULT false,
      "created_at" timestamptz(3) NOT NULL DEFAULT now()
    )`);
    await runner.query(
      `CREATE UNIQUE INDEX "workspace_default" ON "auth"."workspace" ("is_default") WHERE "is_default"`,
    );
    await runner.query(`CREATE TABLE "auth"."api_key" (
      "id" uuid PRIMARY KEY,
      "workspace_id" uuid NOT NULL CONSTRAINT "api_key_workspace_fk" REFERENCES "auth"."workspace" ("id"),
      "name" text NOT NULL,
      "environment" text NOT NULL,
      "short_id" text NOT NULL CONSTRAINT "api_key_short_id" UNIQUE,
      "secret_hash" bytea NOT NULL,
      "scopes" text[] NOT NULL,
      "created_at" timestamptz(3) NOT NULL DEFAULT now()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA "auth" CASCADE');
  }
}
