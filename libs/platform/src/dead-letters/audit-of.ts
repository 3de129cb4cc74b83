import type { AuditRecord } from '../audit/audit-trail.js';
import type { AdminAction } from './dead-letters.js';

/** What the audit trail keeps of a decision about dead letters. */
export function auditOf({ action, by, ids, note, requestId, source = 'cli' }: AdminAction): AuditRecord {
  const [kind = '', ...id] = by.split(':');
  return { action, actor: { kind, id: id.join(':') }, requestId, source, details: { ids, note: note ?? null } };
}
