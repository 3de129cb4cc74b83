import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Users1763780000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "auth"."user" (
      "id" uuid PRIMARY KEY,
      "email" text NOT NULL,
      "email_key" text NOT NULL CONSTRAINT "user_email_key" UNIQUE,
      "name" text NOT NULL,
      "timezone" text NOT NULL DEFAULT 'UTC',
      "password_hash" text,
      "email_verified_at" timestamptz(3),
      "version" integer NOT NULL DEFAULT 1,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "updated_at" timestamptz(3) NOT NULL DEFAULT now()
    )`);
    await runner.query(`CREATE TABLE "auth"."workspace_member" (
      "workspace_id" uuid NOT NULL CONSTRAINT "workspace_member_workspace_fk" REFERENCES "auth"."workspace" ("id") ON DELETE CASCADE,
      "user_id" uuid NOT NULL CONSTRAINT "workspace_member_user_fk" REFERENCES "auth"."user" ("id") ON DELETE CASCADE,
      "role" text NOT NULL CONSTRAINT "workspace_member_role" CHECK ("role" IN ('owner', 'admin', 'member', 'viewer')),
      "id" uuid NOT NULL CONSTRAINT "workspace_member_id" UNIQUE,
      "joined_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      "version" integer NOT NULL DEFAULT 1,
      "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY ("workspace_id", "user_id")
    )`);
    await runner.query(
      `CREATE INDEX "workspace_member_user" ON "auth"."workspace_member" ("user_id", "joined_at", "workspace_id")`,
    );
    await runner.query(`CREATE TABLE "auth"."session" (
      "id" uuid PRIMARY KEY,
      "user_id" uuid NOT NULL CONSTRAINT "session_user_fk" REFERENCES "auth"."user" ("id") ON DELETE CASCADE,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "last_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
      "expires_at" timestamptz(3) NOT NULL,
      "user_agent" text,
      "ip" text NOT NULL,
      "revoked_at" timestamptz(3)
    )`);
    await runner.query(`CREATE INDEX "session_of_user" ON "auth"."session" ("user_id", "last_seen_at")`);
    await runner.query(`CREATE INDEX "session_expires" ON "auth"."session" ("expires_at")`);
    await runner.query(`CREATE TABLE "auth"."refresh_token" (
      "hash" bytea PRIMARY KEY,
      "session_id" uuid NOT NULL CONSTRAINT "refresh_token_session_fk" REFERENCES "auth"."session" ("id") ON DELETE CASCADE,
      "expires_at" timestamptz(3) NOT NULL,
      "used_at" timestamptz(3)
    )`);
    await runner.query(`CREATE INDEX "refresh_token_of_session" ON "auth"."refresh_token" ("session_id")`);
    await runner.query(`CREATE INDEX "refresh_token_expires" ON "auth"."refresh_token" ("expires_at")`);
    await runner.query(`CREATE TABLE "auth"."invite" (
      "id" uuid PRIMARY KEY,
      "workspace_id" uuid NOT NULL CONSTRAINT "invite_workspace_fk" REFERENCES "auth"."workspace" ("id") ON DELETE CASCADE,
      "email" text NOT NULL,
      "email_key" text NOT NULL,
      "role" text NOT NULL CONSTRAINT "invite_role" CHECK ("role" IN ('owner', 'admin', 'member', 'viewer')),
      "invited_by" uuid,
      "expires_at" timestamptz(3) NOT NULL,
      "ended_at" timestamptz(3),
      "version" integer NOT NULL DEFAULT 1,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "updated_at" timestamptz(3) NOT NULL DEFAULT now()
    )`);
    await runner.query(
      `CREATE UNIQUE INDEX "invite_open" ON "auth"."invite" ("workspace_id", "email_key") WHERE "ended_at" IS NULL`,
    );
    await runner.query(`CREATE INDEX "invite_expires" ON "auth"."invite" ("expires_at")`);
    // No foreign key: the mail about a deleted account is sent after the deletion.
    await runner.query(`CREATE TABLE "auth"."email_token" (
      "id" uuid PRIMARY KEY,
      "kind" text NOT NULL CONSTRAINT "email_token_kind" CHECK ("kind" IN ('verify', 'reset', 'change_email', 'invite', 'notice')),
      "user_id" uuid,
      "invite_id" uuid CONSTRAINT "email_token_invite_fk" REFERENCES "auth"."invite" ("id") ON DELETE CASCADE,
      "hash" bytea,
      "address" text NOT NULL,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "expires_at" timestamptz(3) NOT NULL,
      "used_at" timestamptz(3),
      CONSTRAINT "email_token_hash" CHECK (("kind" = 'notice') = ("hash" IS NULL)),
      CONSTRAINT "email_token_about" CHECK (("kind" = 'invite') = ("user_id" IS NULL) AND ("user_id" IS NULL) = ("invite_id" IS NOT NULL))
    )`);
    await runner.query(`CREATE INDEX "email_token_of_user" ON "auth"."email_token" ("user_id")`);
    await runner.query(
      `CREATE INDEX "email_token_of_invite" ON "auth"."email_token" ("invite_id") WHERE "invite_id" IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX "email_token_expires" ON "auth"."email_token" ("expires_at")`);
    await runner.query(`CREATE TABLE "auth"."signing_key" (
      "kid" text PRIMARY KEY,
      "public_jwk" json NOT NULL,
      "private_key" bytea NOT NULL,
      "created_at" timestamptz(3) NOT NULL,
      "retires_at" timestamptz(3) NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE "auth"."signing_key", "auth"."email_token", "auth"."invite", "auth"."refresh_token", "auth"."session", "auth"."workspace_member", "auth"."user"',
    );
  }
}
