// The audit trail: append-only rows, each bound to the one before by a keyed hash, so that a change is found with the secret. See decisions/0001-audit-chain.md.
import { uuidv7 } from 'uuidv7';
import { canonicalJson, type Executor, type TransactionalExecutor } from '@mono/platform';
import type { AuditKeys } from './audit-keys.js';
import type { Checkpoints } from './checkpoints.js';
import { redactDetails } from './redact-details.js';

export interface AuditRecord {
  /** `<thing>.<what happened>`, such as `dead_letter.retried`. */
  action: string;
  actor: { kind: string; id: string };
  workspaceId?: string | undefined;
  requestId?: string | undefined;
  /** An address, `http`, `nats` or `cli`. */
  source: string;
  details?: Record<string, unknown>;
}

export interface AuditRow {
  seq: string;
  id: string;
  at: string;
  action: string;
  actor_kind: string;
  actor_id: string;
  workspace_id: string | null;
  request_id: string | null;
  source: string;
  details: string;
  key_id: string;
  previous_hash: Buffer;
  hash: Buffer;
}

export class AuditTrail {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly keys: AuditKeys,
    private readonly checkpoints?: Checkpoints,
  ) {}

  /** @param on the transaction of what is audited: both happen, or neither. Without it, one of its own. */
  async append(record: AuditRecord, on?: Executor): Promise<void> {
    await (on ? this.appendIn(on, record) : this.database.transaction((own) => this.appendIn(own, record)));
  }

  /** @param on a transaction. @returns its place in the chain. */
  async appendIn(on: Executor, record: AuditRecord): Promise<string> {
    const [head] = await on.query<{ seq: string; hash: Buffer; at: string }>(
      `SELECT seq, hash, date_trunc('milliseconds', clock_timestamp()) AS at FROM platform.audit_head FOR UPDATE`,
    );
    if (!head) throw new Error('The audit trail has no head.');
    const row: AuditRow = {
      seq: String(BigInt(head.seq) + 1n),
      id: uuidv7(),
      at: head.at,
      action: record.action,
      actor_kind: storable(record.actor.kind),
      actor_id: storable(record.actor.id),
      workspace_id: record.workspaceId?.toLowerCase() ?? null,
      request_id: record.requestId === undefined ? null : storable(record.requestId),
      source: storable(record.source),
      details: canonicalJson(redactDetails(record.details ?? {})),
      key_id: this.keys.currentId,
      previous_hash: head.hash,
      hash: Buffer.alloc(0),
    };
    row.hash = this.keys.sign(hashed(row));
    const columns = Object.keys(row);
    await on.query(
      `INSERT INTO platform.audit (${columns.join(', ')}) VALUES (${columns.map((_column, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
    await on.query('UPDATE platform.audit_head SET seq = $1, hash = $2', [row.seq, row.hash]);
    on.afterCommit(() => this.checkpoints?.note(row.seq, row.hash));
    return row.seq;
  }
}

/** As PostgreSQL gives it back: what is hashed is what is stored. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** The values that the hash covers: the whole row, and the hash of the row before. */
export function hashed({ hash: _hash, previous_hash, ...rest }: AuditRow): unknown[] {
  return ['row', previous_hash.toString('hex'), rest];
}

export function anchored({ seq, hash }: { seq: string; hash: Buffer }): unknown[] {
  return ['anchor', seq, hash.toString('hex')];
}
