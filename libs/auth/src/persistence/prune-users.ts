// Prunes expired rows about users.
import type { Executor } from '@mono/platform';

/** Rows per statement, so that none takes long, or holds its locks for long. */
const BATCH_ROWS = 5_000;

/** By their tables. Refresh tokens come before the sessions with which they would go. */
const OVER: Readonly<Record<string, string>> = {
  refresh_token: 'expires_at < now()',
  /** An ended session still shows whether a device is new. */
  session: `expires_at < now() - interval '30 days'`,
  /** Until then, the list shows that it has expired. */
  personal_token: `coalesce(revoked_at, expires_at) < now() - interval '30 days'`,
  /** A mail may be late, or be asked about. */
  email_token: `expires_at < now() - interval '7 days'`,
  /** Until then, an invite that was never accepted can be renewed as the one it was. */
  invite: `expires_at < now() - interval '30 days'`,
  /** Nobody can finish them any more. */
  sign_in_flow: 'expires_at < now()',
  /** Their last tokens expired long ago. */
  signing_key: `retires_at < now() - interval '1 day'`,
};

/** Several nodes may do so at once. */
export async function pruneUsers(on: Executor, batchRows = BATCH_ROWS): Promise<void> {
  for (const [table, over] of Object.entries(OVER)) {
    while ((await pruneBatch(on, table, over, batchRows)) === batchRows);
  }
}

/** @returns how many rows are gone. */
async function pruneBatch(on: Executor, table: string, over: string, batchRows: number): Promise<number> {
  const [row] = await on.query<{ count: number }>(
    `WITH old AS (SELECT ctid FROM auth.${table} WHERE ${over} LIMIT $1 FOR UPDATE SKIP LOCKED),
       gone AS (DELETE FROM auth.${table} WHERE ctid IN (SELECT ctid FROM old) RETURNING 1)
     SELECT count(*)::int AS count FROM gone`,
    [batchRows],
  );
  return row?.count ?? 0;
}
