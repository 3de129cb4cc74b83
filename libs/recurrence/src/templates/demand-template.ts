// A template that the caller may see, and change.
import { ConflictError, NotFoundError, VersionConflictError } from '@mono/contract/errors';
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { reaches } from '../domain/reach.js';
import { lockTemplate, readTemplate, type TemplateRow } from '../persistence/template-rows.js';

type Caller = Pick<CallContext, 'principal' | 'expectedVersion'>;

/** @throws NotFoundError */
export async function demandTemplate(on: Executor, caller: Caller, id: string): Promise<TemplateRow> {
  return reachable(caller, id, await readTemplate(on, id));
}

/** Locked until the transaction's end. @throws NotFoundError, VersionConflictError */
export async function demandLocked(on: Executor, caller: Caller, id: string): Promise<TemplateRow> {
  const row = reachable(caller, id, await lockTemplate(on, id));
  const { expectedVersion } = caller;
  if (expectedVersion !== undefined && expectedVersion !== row.version) throw new VersionConflictError(row.version);
  return row;
}

/** @throws ConflictError */
export function demandNotEnded({ status }: Pick<TemplateRow, 'status'>): void {
  if (status === 'ended') throw new ConflictError('template_ended', 'The template has ended and stays as it is.');
}

function reachable({ principal }: Caller, id: string, row: TemplateRow | undefined): TemplateRow {
  if (!row || row.deleted_at !== null || !reaches(principal, row)) throw new NotFoundError('template', id);
  return row;
}
