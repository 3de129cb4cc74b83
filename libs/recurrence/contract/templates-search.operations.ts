import { searchOperationsOf } from '@mono/tasks/contract';

/** Templates in the search of the workspace. */
export const templatesSearch = searchOperationsOf('recurrence', ['templates']);
