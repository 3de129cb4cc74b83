// Restores of the database that an operator has accepted. Checkpoints outside of the database speak of rows that a restored
// chain lacks; those that are named here, signed, are no fault any more.
import type { Executor } from '@mono/platform';
import type { AuditKeys } from './audit-keys.js';
import type { Checkpoint } from './checkpoints.js';

export interface AcceptedRestore {
  /** Position of the row in the chain that records it. */
  seq: string;
  at: string;
  reason: string;
  accepted_by: string;
  /** The first and the last row that are known to be missing. */
  missing_from: string;
  missing_to: string;
  checkpoints: Checkpoint[];
}

interface RestoreRow extends Omit<AcceptedRestore, 'checkpoints'> {
  checkpoints: string;
  key_id: string;
  signature: Buffer;
}

/** Those that we have signed. */
export async function readRestores(on: Executor, keys: AuditKeys): Promise<AcceptedRestore[]> {
  const rows = await on.query<RestoreRow>('SELECT * FROM platform.audit_restore ORDER BY seq');
  return rows
    .filter(({ key_id, signature, ...row }) => keys.verifies(key_id, signed(row), signature))
    .map(({ seq, at, reason, accepted_by, missing_from, missing_to, checkpoints }) => ({
      seq,
      at,
      reason,
      accepted_by,
      missing_from,
      missing_to,
      checkpoints: JSON.parse(checkpoints) as Checkpoint[],
    }));
}

export async function writeRestore(on: Executor, keys: AuditKeys, restore: AcceptedRestore): Promise<void> {
  const row = { ...restore, checkpoints: JSON.stringify(restore.checkpoints) };
  await on.query(
    `INSERT INTO platform.audit_restore
       (seq, at, reason, accepted_by, missing_from, missing_to, checkpoints, key_id, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.seq,
      row.at,
      row.reason,
      row.accepted_by,
      row.missing_from,
      row.missing_to,
      row.checkpoints,
      keys.currentId,
      keys.sign(signed(row)),
    ],
  );
}

export function unaccepted(checkpoints: readonly Checkpoint[], restores: readonly AcceptedRestore[]): Checkpoint[] {
  const accepted = new Set(restores.flatMap((restore) => restore.checkpoints.map(idOf)));
  return checkpoints.filter((checkpoint) => !accepted.has(idOf(checkpoint)));
}

function idOf({ seq, hash }: Checkpoint): string {
  return `${seq} ${hash}`;
}

function signed({
  seq,
  at,
  reason,
  accepted_by,
  missing_from,
  missing_to,
  checkpoints,
}: Omit<RestoreRow, 'key_id' | 'signature'>): unknown[] {
  return ['restore', seq, at, reason, accepted_by, missing_from, missing_to, checkpoints];
}
