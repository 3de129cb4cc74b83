import { documentedErrors } from '@mono/platform';
import { USERS_ERROR_CODES } from '../../contract/index.js';

/** Names the errors of a route that are this module's own. */
export const ApiErrors = documentedErrors(USERS_ERROR_CODES);
