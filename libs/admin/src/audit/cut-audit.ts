// Retention: removes the oldest rows of the chain, and signs where it begins now. Only the last step, which is short, holds the
// lock that writers wait for.
import type { Executor, TransactionalExecutor } from '@mono/platform';
import type { AuditKeys } from './audit-keys.js';
import { anchored } from './audit-trail.js';
import { readAnchor, walkChain } from './verify-audit.js';

/** Rows that one statement removes. */
const SLICE = 5_000;

interface Place {
  seq: string;
  hash: Buffer;
}

/**
 * Verifies the rows before it removes them: a changed row is not signed away.
 * @returns how many rows. @throws Error when that part of the chain is not whole.
 */
export async function cutAudit(database: TransactionalExecutor, keys: AuditKeys, before: Date): Promise<number> {
  const begin = await readAnchor(database, keys);
  if (!begin.verified) throw notWhole();
  // Left over by a cut that was interrupted, or that another node is at.
  const left = await removeUpTo(database, begin.seq);
  const last = await lastBefore(database, before);
  if (!last) return left;
  const walk = await walkChain(database, keys, begin, { upTo: BigInt(last.seq) });
  if (walk.fault || !walk.last.hash.equals(last.hash)) {
    // Another node has cut meanwhile: rows are missing because it has removed them.
    if ((await readAnchor(database, keys)).seq !== begin.seq) return left;
    throw notWhole();
  }
  const moved = await database.transaction((on) => moveAnchor(on, keys, begin.seq, last));
  return moved ? left + (await removeUpTo(database, BigInt(last.seq))) : left;
}

async function lastBefore(on: Executor, before: Date): Promise<Place | undefined> {
  const [last] = await on.query<Place>(
    `SELECT seq, hash FROM platform.audit WHERE seq < coalesce(
       (SELECT seq FROM platform.audit WHERE at >= $1 ORDER BY seq LIMIT 1), (SELECT max(seq) + 1 FROM platform.audit))
     ORDER BY seq DESC LIMIT 1`,
    [before.toISOString()],
  );
  return last;
}

/** @returns whether it was moved: not where another node was first. */
async function moveAnchor(on: Executor, keys: AuditKeys, from: bigint, to: Place): Promise<boolean> {
  const [head] = await on.query<Place>('SELECT seq, hash FROM platform.audit_head FOR UPDATE');
  if ((await readAnchor(on, keys)).seq !== from) return false;
  const [next] = await on.query<{ previous_hash: Buffer }>('SELECT previous_hash FROM platform.audit WHERE seq = $1', [
    String(BigInt(to.seq) + 1n),
  ]);
  const follows = next ? next.previous_hash : head?.seq === to.seq ? head.hash : undefined;
  if (!follows?.equals(to.hash)) throw notWhole();
  await on.query(
    `INSERT INTO platform.audit_anchor (seq, hash, key_id, signature) VALUES ($1, $2, $3, $4)
     ON CONFLICT ("only") DO UPDATE SET seq = $1, hash = $2, key_id = $3, signature = $4`,
    [to.seq, to.hash, keys.currentId, keys.sign(anchored(to))],
  );
  return true;
}

async function removeUpTo(on: Executor, seq: bigint): Promise<number> {
  let removed = 0;
  for (;;) {
    const rows = await on.query(
      `DELETE FROM platform.audit WHERE seq IN
         (SELECT seq FROM platform.audit WHERE seq <= $1 ORDER BY seq LIMIT ${SLICE}) RETURNING 1`,
      [String(seq)],
    );
    removed += rows.length;
    if (rows.length < SLICE) return removed;
  }
}

function notWhole(): Error {
  return new Error('The audit trail is not whole: nothing of it is removed.');
}
