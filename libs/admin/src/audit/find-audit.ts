import type { Executor } from '@mono/platform';
import { buildPage, readPageRequest } from '@mono/contract';
import type { AuditEntry, AuditPage, AuditQuery } from '../../contract/audit.dto.js';
import type { AuditRow } from './audit-trail.js';

export async function findAudit(on: Executor, query: AuditQuery): Promise<AuditPage> {
  const request = readPageRequest(query, ['integer']);
  const { where, values } = matching(query);
  const total = request.countsExactly
    ? await on.query<{ total: number }>(`SELECT count(*)::int AS total FROM platform.audit WHERE ${where}`, values)
    : [];
  const direction = request.descending ? 'DESC' : 'ASC';
  let past = '';
  const all = [...values];
  if (request.after) {
    all.push(request.after[0]);
    past = ` AND seq ${request.descending ? '<' : '>'} $${all.length}::bigint`;
  }
  const rows = await on.query<AuditRow>(
    `SELECT * FROM platform.audit WHERE ${where}${past} ORDER BY seq ${direction} LIMIT ${request.fetch} OFFSET ${request.offset}`,
    all,
  );
  return buildPage(request, { rows, item: toEntry, key: ({ seq }) => [Number(seq)], total: total[0]?.total });
}

function matching({ action, actor_id, workspace_id, from, to }: AuditQuery): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions = (
    [
      ['action =', action],
      ['actor_id =', actor_id],
      ['workspace_id =', workspace_id],
      ['at >=', from],
      ['at <', to],
    ] as const
  ).flatMap(([condition, value]) => {
    if (value === undefined) return [];
    values.push(value);
    return [`${condition} $${values.length}`];
  });
  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), values };
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    seq: Number(row.seq),
    id: row.id,
    at: row.at,
    action: row.action,
    actor: { kind: row.actor_kind, id: row.actor_id },
    workspace_id: row.workspace_id,
    request_id: row.request_id,
    source: row.source,
    details: JSON.parse(row.details) as Record<string, unknown>,
    hash: row.hash.toString('hex'),
  };
}
