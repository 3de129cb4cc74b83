// Walks the chain from its beginning, or from the signed anchor of a retention cut, to its head, and names the first fault.
import type { Executor, TransactionalExecutor } from '@mono/platform';
import type { AuditFault, AuditVerdict } from '../../contract/audit.dto.js';
import type { AuditKeys } from './audit-keys.js';
import { anchored, hashed, type AuditRow } from './audit-trail.js';
import { highest, type Checkpoint, type Checkpoints, type Noted } from './checkpoints.js';
import { readRestores, unaccepted, type AcceptedRestore } from './restores.js';

const BATCH = 1_000;

export interface Link {
  seq: bigint;
  hash: Buffer;
}

export interface Walk {
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
    return verdict(await examine(on, keys, noted), noted);
  });
}

/** The chain by itself, and what checkpoints say of it. */
export interface Examined {
  begin: Link;
  walk: Walk;
  restores: AcceptedRestore[];
  /** Checkpoints that speak of another chain, and that no restore accounts for. */
  disagreeing: Checkpoint[];
}

/** @param on a transaction that sees one moment. */
export async function examine(on: Executor, keys: AuditKeys, noted?: Noted): Promise<Examined> {
  const begin = await readAnchor(on, keys);
  const restores = await readRestores(on, keys);
  if (!begin.verified) {
    const walk = { last: begin, rows: 0, fault: fault(begin.seq, 'forged_anchor'), atCheckpoints: new Map() };
    return { begin, walk, restores, disagreeing: [] };
  }
  const standing = unaccepted(noted?.valid ?? [], restores);
  const walk = await walkChain(on, keys, begin, { noted: standing });
  walk.fault ??= await lookAtHead(on, walk.last);
  const disagreeing = walk.fault ? [] : standing.filter((checkpoint) => !agrees(walk, begin, checkpoint));
  return { begin, walk, restores, disagreeing };
}

interface Stretch {
  noted?: readonly Checkpoint[];
  /** The last row to look at. */
  upTo?: bigint;
}

export async function walkChain(on: Executor, keys: AuditKeys, begin: Link, stretch: Stretch = {}): Promise<Walk> {
  const walk: Walk = { last: begin, rows: 0, fault: null, atCheckpoints: new Map() };
  const places = new Set(stretch.noted?.map(({ seq }) => seq));
  for (;;) {
    const rows = await on.query<AuditRow>(
      `SELECT * FROM platform.audit WHERE seq > $1 AND ($2::bigint IS NULL OR seq <= $2) ORDER BY seq LIMIT ${BATCH}`,
      [String(walk.last.seq), stretch.upTo === undefined ? null : String(stretch.upTo)],
    );
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

/** Before the cut, the anchor stands for it. */
function agrees({ last, atCheckpoints }: Walk, begin: Link, { seq, hash }: Checkpoint): boolean {
  const place = BigInt(seq);
  return place <= last.seq && (place <= begin.seq || atCheckpoints.get(seq) === hash);
}

function lookAtCheckpoints({ walk, disagreeing }: Examined, { forged }: Noted): AuditFault | null {
  const [first] = disagreeing;
  if (first) {
    const beyond = BigInt(first.seq) > walk.last.seq;
    return beyond ? fault(walk.last.seq + 1n, 'removed') : fault(BigInt(first.seq), 'checkpoint_mismatch');
  }
  return forged > 0 ? fault(walk.last.seq, 'forged_checkpoint') : null;
}

export async function readAnchor(on: Executor, keys: AuditKeys): Promise<Link & { verified: boolean }> {
  const [row] = await on.query<{ seq: string; hash: Buffer; key_id: string; signature: Buffer }>(
    'SELECT * FROM platform.audit_anchor',
  );
  if (!row) return { seq: 0n, hash: Buffer.alloc(0), verified: true };
  return { seq: BigInt(row.seq), hash: row.hash, verified: keys.verifies(row.key_id, anchored(row), row.signature) };
}

function verdict(examined: Examined, noted?: Noted): AuditVerdict {
  const { walk, restores } = examined;
  const found = walk.fault ?? (noted ? lookAtCheckpoints(examined, noted) : null);
  return {
    ok: found === null,
    rows: walk.rows,
    head_seq: Number(walk.last.seq),
    checkpoint: (noted?.valid.length ?? 0) > 0,
    fault: found,
    restores: restores.map(({ seq, at, reason, accepted_by, missing_from, missing_to, checkpoints }) => ({
      seq: Number(seq),
      at,
      reason,
      accepted_by,
      missing_from: Number(missing_from),
      missing_to: Number(missing_to),
      checkpoint: highest(checkpoints)?.hash ?? '',
    })),
  };
}

function fault(seq: bigint, what: AuditFault['what']): AuditFault {
  return { seq: Number(seq), what };
}
