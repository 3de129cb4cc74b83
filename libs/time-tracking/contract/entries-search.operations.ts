import { searchOperationsOf } from '@mono/tasks/contract';

/** Time entries in the search of the workspace. */
export const entriesSearch = searchOperationsOf('time-tracking', ['entries']);
