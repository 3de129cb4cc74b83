// Finds a template that the caller may see.
import { requireVersion, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { recurrenceErrors } from '../../contract/recurrence.errors.js';
import { reaches } from '../domain/reach.js';
import { lockTemplate, readTemplate, type TemplateRow } from '../persistence/templates.store.js';

type Caller = Pick<CallContext, 'principal' | 'expectedVersion'>;

/** @throws DomainError `template_not_found` */
export async function requireTemplate(on: Executor, caller: Caller, id: string): Promise<TemplateRow> {
  return reachable(caller, id, await readTemplate(on, id));
}

/** Locked until the end of the transaction. @throws DomainError `template_not_found`, `version_conflict` */
export async function requireLocked(on: Executor, caller: Caller, id: string): Promise<TemplateRow> {
  const row = reachable(caller, id, await lockTemplate(on, id));
  requireVersion(caller, row);
  return row;
}

/** @throws DomainError `template_ended` */
export function requireNotEnded({ status }: Pick<TemplateRow, 'status'>): void {
  if (status === 'ended') throw recurrenceErrors.template_ended();
}

function reachable({ principal }: Caller, id: string, row: TemplateRow | undefined): TemplateRow {
  if (!row || row.deleted_at !== null || !reaches(principal, row)) throw recurrenceErrors.template_not_found({ id });
  return row;
}
