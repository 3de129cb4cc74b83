// Walks the chain from its beginning, or from the signed anchor of a retention cut, to its head, and names the first fault.
import type { TransactionalExecutor } from '../database/executor.js';
import type { AuditFault, AuditVerdict } from './audit-entry.js';
import type { AuditKeys } from './audit-keys.js';
import { anchored, hashed, type AuditRow } from './audit-trail.js';
import type { Checkpoint, Checkpoints } from './checkpoints.js';

const BATCH = 1_000;

interface Link {
  seq: bigint;
  hash: Buffer;
}

interface Walk {
  last: Link;
  rows: number;
  fault: AuditFault | null;
  /** The hash that stands where the checkpoint was taken. */
  atCheckpoint: Buffer | undefined;
}

export async function verifyAudit(
  database: TransactionalExecutor,
  keys: AuditKeys,
  checkpoints?: Checkpoints,
): Promise<AuditVerdict> {
  // Taken first: what is appended meanwhile is no fault.
  const checkpoint = await checkpoints?.latest();
  const begin = await readAnchor(database, keys);
  if (!begin.verified) return verdict({ last: begin, rows: 0, fault: fault(begin.seq, 'forged_anchor') }, checkpoint);
  const walk = await walkChain(database, keys, begin, checkpoint);
  walk.fault ??= await lookAtHead(database, walk.last);
  walk.fault ??= checkpoint ? lookAtCheckpoint(walk, begin, checkpoint) : null;
  return verdict(walk, checkpoint);
}

async function walkChain(
  database: TransactionalExecutor,
  keys: AuditKeys,
  begin: Link,
  checkpoint: Checkpoint | undefined,
): Promise<Walk> {
  const walk: Walk = { last: begin, rows: 0, fault: null, atCheckpoint: undefined };
  for (;;) {
    const rows = await database.query<AuditRow>(
      `SELECT * FROM platform.audit WHERE seq > $1 ORDER BY seq LIMIT ${BATCH}`,
      [String(walk.last.seq)],
    );
    for (const row of rows) {
      walk.fault = faultOf(row, walk.last, keys);
      if (walk.fault) return walk;
      walk.last = { seq: BigInt(row.seq), hash: row.hash };
      walk.rows += 1;
      if (row.seq === checkpoint?.seq) walk.atCheckpoint = row.hash;
    }
    if (rows.length < BATCH) return walk;
  }
}

function faultOf(row: AuditRow, last: Link, keys: AuditKeys): AuditFault | null {
  const expected = last.seq + 1n;
  if (BigInt(row.seq) !== expected) return fault(expected, 'removed');
  if (!row.previous_hash.equals(last.hash)) return fault(expected, 'reordered');
  return keys.verifies(row.key_id, hashed(row), row.hash) ? null : fault(expected, 'changed');
}

/** Rows that were appended while the walk went on do not count against it. */
async function lookAtHead(database: TransactionalExecutor, last: Link): Promise<AuditFault | null> {
  const [head] = await database.query<{ seq: string; next: boolean }>(
    `SELECT h.seq, EXISTS (SELECT FROM platform.audit a WHERE a.seq = $1) AS next FROM platform.audit_head h`,
    [String(last.seq + 1n)],
  );
  const end = BigInt(head?.seq ?? 0);
  if (end > last.seq && !head?.next) return fault(last.seq + 1n, 'removed');
  return end < last.seq ? fault(last.seq, 'changed') : null;
}

function lookAtCheckpoint(walk: Walk, begin: Link, checkpoint: Checkpoint): AuditFault | null {
  const seq = BigInt(checkpoint.seq);
  if (seq > walk.last.seq) return fault(walk.last.seq + 1n, 'removed');
  // Before the cut: the anchor stands for it.
  if (seq <= begin.seq) return null;
  return walk.atCheckpoint?.toString('hex') === checkpoint.hash ? null : fault(seq, 'checkpoint_mismatch');
}

async function readAnchor(database: TransactionalExecutor, keys: AuditKeys): Promise<Link & { verified: boolean }> {
  const [row] = await database.query<{ seq: string; hash: Buffer; key_id: string; signature: Buffer }>(
    'SELECT * FROM platform.audit_anchor',
  );
  if (!row) return { seq: 0n, hash: Buffer.alloc(0), verified: true };
  return { seq: BigInt(row.seq), hash: row.hash, verified: keys.verifies(row.key_id, anchored(row), row.signature) };
}

function verdict({ last, rows, fault: found }: Omit<Walk, 'atCheckpoint'>, checkpoint?: Checkpoint): AuditVerdict {
  return { ok: found === null, rows, head_seq: Number(last.seq), checkpoint: checkpoint !== undefined, fault: found };
}

function fault(seq: bigint, what: AuditFault['what']): AuditFault {
  return { seq: Number(seq), what };
}
