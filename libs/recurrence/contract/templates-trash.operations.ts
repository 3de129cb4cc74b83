import { trashOperationsOf } from '@mono/trash/contract';

/** Deleted templates. */
export const templatesTrash = trashOperationsOf('recurrence', ['template']);
