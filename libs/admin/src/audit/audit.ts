// The audit trail of an installation: written, read and verified.
import type { TransactionalExecutor } from '@mono/platform';
import type { AuditPage, AuditQuery, AuditVerdict } from '../../contract/audit.dto.js';
import { AuditKeys } from './audit-keys.js';
import { AuditTrail } from './audit-trail.js';
import { Checkpoints, type CheckpointStore } from './checkpoints.js';
import { findAudit } from './find-audit.js';
import { acceptRestore, type Acceptance } from './accept-restore.js';
import { cutAudit } from './cut-audit.js';
import { readRestores, unaccepted, type AcceptedRestore } from './restores.js';
import { verifyAudit } from './verify-audit.js';

export interface AuditOptions {
  /** The current one first; rows of the others still verify. */
  secrets: readonly string[];
  checkpoints?: CheckpointStore;
  onError?: (error: unknown) => void;
}

export class Audit {
  readonly trail: AuditTrail;
  private readonly keys: AuditKeys;
  private readonly checkpoints: Checkpoints | undefined;

  constructor(
    private readonly database: TransactionalExecutor,
    { secrets, checkpoints, onError }: AuditOptions,
  ) {
    this.keys = new AuditKeys(secrets);
    this.checkpoints =
      checkpoints &&
      new Checkpoints({
        store: checkpoints,
        keys: this.keys,
        hashAt: (seq) => hashAt(database, seq),
        standing: async (noted) => unaccepted(noted, await readRestores(database, this.keys)),
        onError,
      });
    this.trail = new AuditTrail(database, this.keys, this.checkpoints);
  }

  find(query: AuditQuery): Promise<AuditPage> {
    return findAudit(this.database, query);
  }

  verify(): Promise<AuditVerdict> {
    return verifyAudit(this.database, this.keys, this.checkpoints);
  }

  /**
   * After the database came back from a backup: names what is missing, and lets the chain go on.
   * @returns undefined where there is nothing to accept. @throws Error where the chain is not whole by itself.
   */
  async accept(acceptance: Acceptance): Promise<AcceptedRestore | undefined> {
    const { database, keys, trail, checkpoints } = this;
    return acceptRestore({ database, keys, trail, checkpoints }, acceptance);
  }

  /** Notes where the chain ends now: what a killed node has not said any more. */
  async start(): Promise<void> {
    const [head] = await this.database.query<{ seq: string; hash: Buffer }>(
      'SELECT seq, hash FROM platform.audit_head',
    );
    if (head && head.seq !== '0') this.checkpoints?.note(head.seq, head.hash);
  }

  /** To be called when the store of checkpoints is connected again. */
  noteAgain(): void {
    this.checkpoints?.noteAgain();
  }

  /**
   * Removes what is older, and signs where the chain begins now. Without anything that old it costs one look.
   * @returns how many rows. @throws Error when the chain is not whole.
   */
  async cut(before: Date): Promise<number> {
    const [oldest] = await this.database.query<{ old: boolean }>(
      'SELECT at < $1 AS old FROM platform.audit ORDER BY seq LIMIT 1',
      [before.toISOString()],
    );
    if (oldest?.old !== true) return 0;
    return cutAudit(this.database, this.keys, before);
  }

  /** Lets the last checkpoint leave. */
  async stop(): Promise<void> {
    await this.checkpoints?.stop();
  }
}

/** Where a retention cut has taken the row, its anchor knows. */
async function hashAt(database: TransactionalExecutor, seq: string): Promise<string | undefined> {
  const [row] = await database.query<{ hash: Buffer }>(
    `SELECT hash FROM platform.audit WHERE seq = $1 UNION ALL SELECT hash FROM platform.audit_anchor WHERE seq = $1`,
    [seq],
  );
  return row?.hash.toString('hex');
}
