// The store of sign-ins in progress at a provider. A row advances from the previous state only, so that nothing works twice, and is
// deleted at the end.
import type { Executor } from '@mono/platform';

export interface NewFlow {
  id: string;
  provider: string;
  /** SHA-256 of the secret of the application. */
  flowHash: Buffer;
  /** SHA-256 of OAuth's `state`. */
  stateHash: Buffer;
  nonce: string;
  /** PKCE's, sealed. */
  verifier: Buffer;
  returnUrl: string | undefined;
  lifetimeSeconds: number;
}

export interface ReturnedFlow {
  id: string;
  nonce: string;
  verifier: Buffer;
  return_url: string | null;
}

/** The verified claims of a provider about a person. */
export interface Proven {
  issuer: string;
  /** Identifies the person within the issuer, permanently. */
  subject: string;
  email: string | null;
  /** Whether the provider vouches for the address. */
  email_verified: boolean;
  name: string | null;
}

export interface ProvenFlow extends Proven {
  id: string;
}

export interface Credentials {
  provider: string;
  flowHash: Buffer;
  codeHash: Buffer;
}

const IN = (seconds: string) => `now() + make_interval(secs => ${seconds})`;
const PROVEN = 'id, issuer, subject, email, email_verified, name';
const OF = 'provider = $1 AND flow_hash = $2 AND code_hash = $3 AND expires_at > now()';

export async function insertFlow(on: Executor, flow: NewFlow): Promise<void> {
  const { id, provider, flowHash, stateHash, nonce, verifier, returnUrl, lifetimeSeconds } = flow;
  await on.query(
    `INSERT INTO auth.sign_in_flow (id, provider, flow_hash, state_hash, nonce, verifier, return_url, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, ${IN('$8')})`,
    [id, provider, flowHash, stateHash, nonce, verifier, returnUrl ?? null, lifetimeSeconds],
  );
}

/** The first of several returns with one `state` succeeds. */
export async function claimReturn(
  on: Executor,
  provider: string,
  stateHash: Buffer,
): Promise<ReturnedFlow | undefined> {
  const [row] = await on.query<ReturnedFlow>(
    `UPDATE auth.sign_in_flow SET state = 'exchanging'
     WHERE provider = $1 AND state_hash = $2 AND state = 'begun' AND expires_at > now()
     RETURNING id, nonce, verifier, return_url`,
    [provider, stateHash],
  );
  return row;
}

/** @returns whether the flow was still there. */
export async function setProven(
  on: Executor,
  id: string,
  { issuer, subject, email, email_verified, name }: Proven,
  { hash, lifetimeSeconds }: { hash: Buffer; lifetimeSeconds: number },
): Promise<boolean> {
  const rows = await on.query(
    `UPDATE auth.sign_in_flow SET state = 'proven', issuer = $2, subject = $3, email = $4, email_verified = $5, name = $6,
       code_hash = $7, expires_at = ${IN('$8')}
     WHERE id = $1 AND state = 'exchanging' RETURNING id`,
    [id, issuer, subject, email, email_verified, name, hash, lifetimeSeconds],
  );
  return rows.length > 0;
}

/** To sign in with: nobody else gets it until the transaction ends. */
export async function lockProven(
  on: Executor,
  { provider, flowHash, codeHash }: Credentials,
): Promise<ProvenFlow | undefined> {
  const [row] = await on.query<ProvenFlow>(
    `SELECT ${PROVEN} FROM auth.sign_in_flow WHERE ${OF} AND state = 'proven' FOR UPDATE`,
    [provider, flowHash, codeHash],
  );
  return row;
}

/** From then on the flow serves for linking only. */
export async function keepForLinking(on: Executor, id: string, lifetimeSeconds: number): Promise<void> {
  await on.query(`UPDATE auth.sign_in_flow SET state = 'link_required', expires_at = ${IN('$2')} WHERE id = $1`, [
    id,
    lifetimeSeconds,
  ]);
}

/** Uses it up for linking. */
export async function takeForLinking(
  on: Executor,
  { provider, flowHash, codeHash }: Credentials,
): Promise<ProvenFlow | undefined> {
  const [row] = await on.query<ProvenFlow>(
    `DELETE FROM auth.sign_in_flow WHERE ${OF} AND state IN ('proven', 'link_required') RETURNING ${PROVEN}`,
    [provider, flowHash, codeHash],
  );
  return row;
}

export async function deleteFlow(on: Executor, id: string): Promise<void> {
  await on.query(`DELETE FROM auth.sign_in_flow WHERE id = $1`, [id]);
}
