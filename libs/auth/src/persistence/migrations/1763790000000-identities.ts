import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Identities1763790000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // By issuer: a provider that is configured for another issuer later brings subjects that mean other people.
    await runner.query(`CREATE TABLE "auth"."identity" (
      "id" uuid PRIMARY KEY,
      "user_id" uuid NOT NULL CONSTRAINT "identity_user_fk" REFERENCES "auth"."user" ("id") ON DELETE CASCADE,
      "provider" text NOT NULL,
      "issuer" text NOT NULL,
      "subject" text NOT NULL,
      "email" text NOT NULL,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "last_used_at" timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT "identity_subject" UNIQUE ("issuer", "subject")
    )`);
    await runner.query(`CREATE INDEX "identity_of_user" ON "auth"."identity" ("user_id")`);
    await runner.query(`CREATE TABLE "auth"."sign_in_flow" (
      "id" uuid PRIMARY KEY,
      "provider" text NOT NULL,
      "state" text NOT NULL DEFAULT 'begun' CONSTRAINT "sign_in_flow_state" CHECK ("state" IN ('begun', 'exchanging', 'proven', 'link_required')),
      "flow_hash" bytea NOT NULL CONSTRAINT "sign_in_flow_hash" UNIQUE,
      "state_hash" bytea NOT NULL CONSTRAINT "sign_in_flow_state_hash" UNIQUE,
      "code_hash" bytea,
      "nonce" text NOT NULL,
      "verifier" bytea NOT NULL,
      "return_url" text,
      "issuer" text,
      "subject" text,
      "email" text,
      "email_verified" boolean,
      "name" text,
      "created_at" timestamptz(3) NOT NULL DEFAULT now(),
      "expires_at" timestamptz(3) NOT NULL,
      CONSTRAINT "sign_in_flow_proven" CHECK (("state" IN ('proven', 'link_required')) = ("code_hash" IS NOT NULL AND "issuer" IS NOT NULL AND "subject" IS NOT NULL AND "email_verified" IS NOT NULL))
    )`);
    await runner.query(`CREATE INDEX "sign_in_flow_expires" ON "auth"."sign_in_flow" ("expires_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "auth"."sign_in_flow", "auth"."identity"');
  }
}
