import { documentedErrors } from '@mono/platform';
import { TIME_TRACKING_ERROR_CODES } from '../../contract/index.js';

/** Names the errors of a route that are this module's own. */
export const ApiErrors = documentedErrors({ ...TIME_TRACKING_ERROR_CODES, version_conflict: 412 });
