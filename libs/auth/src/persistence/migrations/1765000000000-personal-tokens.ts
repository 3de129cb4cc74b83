import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Apart from API keys: a node of the previous release would take a token for a key of the workspace. */
export class PersonalTokens1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "auth"."personal_token" (
      "id" uuid PRIMARY KEY,
      "user_id" uuid NOT NULL CONSTRAINT "personal_token_user_fk" REFERENCES "auth"."user" ("id") ON DELETE CASCADE,
      "workspace_id" uuid CONSTRAINT "personal_token_workspace_fk" REFERENCES "auth"."workspace" ("id") ON DELETE CASCADE,
      "name" text NOT NULL,
      "scopes" text[] NOT NULL,
      "list_ids" uuid[],
      "short_id" text NOT NULL CONSTRAINT "personal_token_short_id" UNIQUE,
      "environment" text NOT NULL,
      "secret_hash" bytea NOT NULL,
      "expires_at" timestamptz(3) NOT NULL,
      "last_used_at" timestamptz(3),
      "revoked_at" timestamptz(3),
      "version" integer NOT NULL DEFAULT 1,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT "personal_token_lists" CHECK ("list_ids" IS NULL OR "workspace_id" IS NOT NULL)
    )`);
    await runner.query(`CREATE INDEX "personal_token_of_user" ON "auth"."personal_token" ("user_id", "id")`);
    await runner.query(
      `CREATE INDEX "personal_token_of_workspace" ON "auth"."personal_token" ("workspace_id") WHERE "workspace_id" IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX "personal_token_ends" ON "auth"."personal_token" ((coalesce("revoked_at", "expires_at")))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "auth"."personal_token"');
  }
}
