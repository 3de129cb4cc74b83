import { documentedErrors } from '@mono/platform';
import { IDENTITIES_ERROR_CODES } from '../../contract/index.js';

/** Names the errors of a route that are about signing in with a provider. */
export const ApiErrors = documentedErrors(IDENTITIES_ERROR_CODES);
