import { documentedErrors } from '@mono/platform';
import { RECURRENCE_ERROR_CODES } from '../../contract/index.js';

/** Names the errors of a route that are this module's own. */
export const ApiErrors = documentedErrors({ ...RECURRENCE_ERROR_CODES, version_conflict: 412 });
