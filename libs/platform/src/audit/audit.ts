// The audit trail of an installation: written, read and verified.
import type { TransactionalExecutor } from '../database/executor.js';
import type { AuditPage, AuditQuery, AuditVerdict } from './audit-entry.js';
import { AuditKeys } from './audit-keys.js';
import { AuditTrail } from './audit-trail.js';
import { Checkpoints, type CheckpointStore } from './checkpoints.js';
import { findAudit } from './find-audit.js';
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
    this.checkpoints = checkpoints && new Checkpoints(checkpoints, this.keys, onError);
    this.trail = new AuditTrail(database, this.keys, this.checkpoints);
  }

  find(query: AuditQuery): Promise<AuditPage> {
    return findAudit(this.database, query);
  }

  verify(): Promise<AuditVerdict> {
    return verifyAudit(this.database, this.keys, this.checkpoints);
  }

  /** Lets the last checkpoint leave. */
  async stop(): Promise<void> {
    await this.checkpoints?.stop();
  }
}
