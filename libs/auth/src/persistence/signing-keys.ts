// The store of the keys with which access tokens are signed.
import type { Executor } from '@mono/platform';

export interface StoredSigningKey {
  kid: string;
  public_jwk: { kty: string; crv: string; x: string };
  /** PKCS #8, sealed. */
  private_key: Buffer;
  /** From then on it signs no more. */
  retires_at: string;
}

/** The newest first. @param since those that retired before are left out. */
export async function findSigningKeys(on: Executor, since: Date): Promise<StoredSigningKey[]> {
  return on.query<StoredSigningKey>(
    `SELECT kid, public_jwk, private_key, retires_at FROM auth.signing_key
     WHERE retires_at > $1 ORDER BY created_at DESC, kid`,
    [since],
  );
}

/** One of several nodes creates a new key. Held until the end of the transaction. */
export async function lockSigningKeys(on: Executor): Promise<void> {
  await on.query(`SELECT pg_advisory_xact_lock(hashtextextended('auth.signing_key', 0))`);
}

export async function insertSigningKey(
  on: Executor,
  { kid, public_jwk, private_key }: Omit<StoredSigningKey, 'retires_at'>,
  { created, retires }: { created: Date; retires: Date },
): Promise<void> {
  await on.query(
    `INSERT INTO auth.signing_key (kid, public_jwk, private_key, created_at, retires_at) VALUES ($1, $2, $3, $4, $5)`,
    [kid, JSON.stringify(public_jwk), private_key, created, retires],
  );
}
