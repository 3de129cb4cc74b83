// Walks the chain from its beginning, or from the signed anchor of a retention cut, to its head, and names the first fault.
import type { Executor, TransactionalExecutor } from '../database/executor.js';
import type { AuditFault, AuditVerdict } from './audit-entry.js';
import type { AuditKeys } from './audit-keys.js';
import { anchored, hashed, type AuditRow } from './audit-trail.js';
import type { Checkpoint, Checkpoints, Noted } from './checkpoints.js';

const BATCH = 1_000;

interface Link {
  seq: bigint;
  hash: Buffer;
}

interface Walk {
  last: Link;
  rows: number;
  fault: AuditFault | null;
  /** The hashes that stand where checkpoints were taken. */
  atCheckpoints: Map<string, string>;
}

export async function verifyAudit(
  database: TransactionalExecutor,
  keys: AuditKeys,
  checkpoints?: Checkpoints,
): Promise<AuditVerdict> {
  // Taken first: what is appended meanwhile is no fault.
  const noted = await checkpoints?.noted();
  return database.transaction(async (on) => {
    // One moment for all batches, whatever is appended or cut meanwhile.
    await on.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return verifyIn(on, keys, noted);
  });
}

/** @param on a transaction that sees one moment. */
export async function verifyIn(on: Executor, keys: AuditKeys, noted?: Noted): Promise<AuditVerdict> {
  const begin = await readAnchor(on, keys);
  if (!begin.verified) return verdict({ last: begin, rows: 0, fault: fault(begin.seq, 'forged_anchor') }, noted);
  const walk = await walkChain(on, keys, begin, noted?.valid ?? []);
  walk.fault ??= await lookAtHead(on, walk.last);
  walk.fault ??= noted ? lookAtCheckpoints(walk, begin, noted) : null;
  return verdict(walk, noted);
}

async function walkChain(on: Executor, keys: AuditKeys, begin: Link, noted: readonly Checkpoint[]): Promise<Walk> {
  const walk: Walk = { last: begin, rows: 0, fault: null, atCheckpoints: new Map() };
  const places = new Set(noted.map(({ seq }) => seq));
  for (;;) {
    const rows = await on.query<AuditRow>(`SELECT * FROM platform.audit WHERE seq > $1 ORDER BY seq LIMIT ${BATCH}`, [
      String(walk.last.seq),
    ]);
    for (const row of rows) {
      walk.fault = faultOf(row, walk.last, keys);
      if (walk.fault) return walk;
      walk.last = { seq: BigInt(row.seq), hash: row.hash };
      walk.rows += 1;
      if (places.has(row.seq)) walk.atCheckpoints.set(row.seq, row.hash.toString('hex'));
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

async function lookAtHead(on: Executor, last: Link): Promise<AuditFault | null> {
  const [head] = await on.query<{ seq: string; hash: Buffer }>('SELECT seq, hash FROM platform.audit_head');
  const end = BigInt(head?.seq ?? 0);
  if (end > last.seq) return fault(last.seq + 1n, 'removed');
  return end < last.seq || !head?.hash.equals(last.hash) ? fault(last.seq, 'changed') : null;
}

function lookAtCheckpoints(walk: Walk, begin: Link, { valid, forged }: Noted): AuditFault | null {
  for (const { seq, hash } of valid) {
    if (BigInt(seq) > walk.last.seq) return fault(walk.last.seq + 1n, 'removed');
    // Before the cut: the anchor stands for it.
    if (BigInt(seq) > begin.seq && walk.atCheckpoints.get(seq) !== hash) {
      return fault(BigInt(seq), 'checkpoint_mismatch');
    }
  }
  return forged > 0 ? fault(walk.last.seq, 'forged_checkpoint') : null;
}

async function readAnchor(on: Executor, keys: AuditKeys): Promise<Link & { verified: boolean }> {
  const [row] = await on.query<{ seq: string; hash: Buffer; key_id: string; signature: Buffer }>(
    'SELECT * FROM platform.audit_anchor',
  );
  if (!row) return { seq: 0n, hash: Buffer.alloc(0), verified: true };
  return { seq: BigInt(row.seq), hash: row.hash, verified: keys.verifies(row.key_id, anchored(row), row.signature) };
}

function verdict({ last, rows, fault: found }: Omit<Walk, 'atCheckpoints'>, noted?: Noted): AuditVerdict {
  const checkpoint = (noted?.valid.length ?? 0) > 0;
  return { ok: found === null, rows, head_seq: Number(last.seq), checkpoint, fault: found };
}

function fault(seq: bigint, what: AuditFault['what']): AuditFault {
  return { seq: Number(seq), what };
}
