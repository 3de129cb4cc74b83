// Statements that write tasks pass over lists that take none. Only then does anybody ask for the reason.
import type { DomainError } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import { tasksErrors } from '../../contract/tasks.errors.js';
import type { Reach } from '../domain/reach.js';
import { readList } from '../persistence/list-records.js';

/** @returns `list_archived`, `list_not_found`. */
export async function listRefusal(on: Executor, reach: Reach, id: string): Promise<DomainError> {
  return (await readList(on, reach, id))
    ? tasksErrors.list_archived({ list_id: id })
    : tasksErrors.list_not_found({ id });
}
