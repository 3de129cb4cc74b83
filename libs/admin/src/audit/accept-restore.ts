// Acceptance of a database that was restored from a backup: the chain goes on where the backup ends, and names the missing rows.
import type { TransactionalExecutor } from '@mono/platform';
import type { AuditKeys } from './audit-keys.js';
import type { AuditTrail } from './audit-trail.js';
import { highest, type Checkpoints } from './checkpoints.js';
import { unaccepted, writeRestore, type AcceptedRestore } from './restores.js';
import { examine, type Examined } from './verify-audit.js';

export interface Acceptance {
  reason: string;
  actor: { kind: string; id: string };
  source: string;
}

export interface AcceptParts {
  database: TransactionalExecutor;
  keys: AuditKeys;
  trail: AuditTrail;
  checkpoints: Checkpoints | undefined;
}

/**
 * @returns undefined where the checkpoints agree with the chain: there is nothing to accept.
 * @throws Error where checkpoints cannot be read, or the chain is not whole by itself.
 */
export async function acceptRestore(
  { database, keys, trail, checkpoints }: AcceptParts,
  { reason, actor, source }: Acceptance,
): Promise<AcceptedRestore | undefined> {
  const noted = await checkpoints?.noted();
  if (!noted) throw new Error('The checkpoints cannot be read: start NATS, or set NATS_URL.');
  const examined = await database.transaction(async (on) => {
    await on.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return examine(on, keys, noted);
  });
  const { walk, disagreeing, restores } = examined;
  if (walk.fault) {
    const { what, seq } = walk.fault;
    throw new Error(`The audit trail is not whole by itself (${what} at ${seq}): a restore does not explain that.`);
  }
  const last = highest(disagreeing);
  if (!last) return undefined;
  const agreeing = unaccepted(noted.valid, restores).filter((checkpoint) => !disagreeing.includes(checkpoint));
  const missing = { from: firstMissing(examined, highest(agreeing)?.seq), to: last.seq };
  return database.transaction(async (on) => {
    const seq = await trail.appendIn(on, {
      action: 'audit.restore_accepted',
      actor,
      source,
      details: { reason, missing_from: missing.from, missing_to: missing.to, checkpoint: last },
    });
    const restore = {
      seq,
      at: new Date().toISOString(),
      reason,
      accepted_by: `${actor.kind}:${actor.id}`,
      missing_from: missing.from,
      missing_to: missing.to,
      checkpoints: disagreeing,
    };
    await writeRestore(on, keys, restore);
    return restore;
  });
}

/** Exactly known while the chain is shorter than what was noted; else behind the last checkpoint that agrees. */
function firstMissing({ begin, walk, disagreeing }: Examined, agreeing: string | undefined): string {
  const shorter = disagreeing.every(({ seq }) => BigInt(seq) > walk.last.seq);
  return String((shorter ? walk.last.seq : BigInt(agreeing ?? begin.seq)) + 1n);
}
