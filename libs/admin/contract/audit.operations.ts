import { get, operations } from '@mono/contract';
import { AuditPage, AuditQuery, AuditVerdict } from './audit.dto.js';

/** A long chain takes time to read. */
const VERIFY_TIMEOUT_MS = 10 * 60 * 1_000;

export const auditOperations = operations(
  'admin',
  {},
  {
    findAudit: get('/v1/admin/audit', {
      summary: 'List the entries of the audit trail',
      description:
        'The hash-chained record of security events and admin actions of the whole installation, filtered by time, actor, action and workspace.',
      answer: 'A page of entries, oldest first.',
      scope: 'operator',
      respectsLists: true,
      query: AuditQuery,
      reply: AuditPage,
    }),
    verifyAudit: get('/v1/admin/audit/verify', {
      summary: 'Verify the audit trail',
      description: 'Walks the chain and names its first fault.',
      answer: 'Whether the trail is whole.',
      scope: 'operator',
      respectsLists: true,
      reply: AuditVerdict,
      timeoutMs: VERIFY_TIMEOUT_MS,
    }),
  },
);
