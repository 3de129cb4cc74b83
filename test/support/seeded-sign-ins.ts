// Seeds sign-ins with a provider in the state after the browser has returned, without any provider.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Client } from 'pg';

/** The provider is never requested. */
export const PROVIDER = 'github';
export const PROVIDER_SETTINGS = { GITHUB_CLIENT_ID: 'mono', GITHUB_CLIENT_SECRET: 'a secret of tests' };
/** The sign-in code of all seeded sign-ins. */
export const SIGN_IN_CODE = 'the code of every sign-in that was put there';

const ISSUER = 'https://github.com';

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Seeds a sign-in with a verified address. @returns the flow's secret. */
export async function seedProven(database: Client, email: string): Promise<string> {
  const flow = randomBytes(32).toString('base64url');
  await database.query(
    `INSERT INTO auth.sign_in_flow (id, provider, state, flow_hash, state_hash, code_hash, nonce, verifier,
       issuer, subject, email, email_verified, expires_at)
     VALUES ($1, $2, 'proven', $3, $4, $5, 'nonce', '\\x00', $6, $7, $8, true, now() + interval '10 minutes')`,
    [randomUUID(), PROVIDER, hashOf(flow), randomBytes(32), hashOf(SIGN_IN_CODE), ISSUER, randomUUID(), email],
  );
  return flow;
}

/** Links the user to an identity. @returns its id. */
export async function seedIdentity(database: Client, userId: string): Promise<string> {
  const id = randomUUID();
  await database.query(
    `INSERT INTO auth.identity (id, user_id, provider, issuer, subject, email) VALUES ($1, $2, $3, $4, $5, 'a@example.com')`,
    [id, userId, PROVIDER, ISSUER, randomUUID()],
  );
  return id;
}
