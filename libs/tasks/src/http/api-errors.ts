import { documentedErrors } from '@mono/platform';
import { TASKS_ERROR_CODES } from '../../contract/index.js';

/** Names the errors of a route that are this module's own. */
export const ApiErrors = documentedErrors({ ...TASKS_ERROR_CODES, version_conflict: 412 });
