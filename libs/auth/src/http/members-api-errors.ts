import { documentedErrors } from '@mono/platform';
import { MEMBERS_ERROR_CODES } from '../../contract/index.js';

/** Names the errors of a route that are about members and invites. */
export const ApiErrors = documentedErrors(MEMBERS_ERROR_CODES);
