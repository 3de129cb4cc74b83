// What has had its time about users, and is of no more use.
import type { Executor } from '@mono/platform';

/** An ended session still tells whether a device is new. */
const SESSIONS = `DELETE FROM auth.session WHERE expires_at < now() - interval '30 days'`;
/** A mail may be late, or be asked about. */
const EMAIL_TOKENS = `DELETE FROM auth.email_token WHERE expires_at < now() - interval '7 days'`;
const REFRESH_TOKENS = `DELETE FROM auth.refresh_token WHERE expires_at < now()`;
/** Their last tokens are over by far. */
const SIGNING_KEYS = `DELETE FROM auth.signing_key WHERE retires_at < now() - interval '1 day'`;

/** Nobody comes back from there any more. */
const SIGN_IN_FLOWS = `DELETE FROM auth.sign_in_flow WHERE expires_at < now()`;

export async function pruneUsers(on: Executor): Promise<void> {
  for (const statement of [SESSIONS, EMAIL_TOKENS, REFRESH_TOKENS, SIGNING_KEYS, SIGN_IN_FLOWS])
    await on.query(statement);
}
