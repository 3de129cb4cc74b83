import { trashOperationsOf } from '@mono/trash/contract';

/** Deleted tasks and lists, for the trash of the workspace. */
export const tasksTrashOperations = trashOperationsOf('tasks', ['task', 'list']);
