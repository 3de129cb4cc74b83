// Codes that every module shares.
import { defineErrors } from './define-errors.js';

export const sharedErrors = defineErrors({
  unauthorized: { status: 401, message: 'A valid credential is required.' },
  forbidden: { status: 403, message: 'The credential does not allow this.' },
  version_conflict: {
    status: 412,
    message: ({ current_version }: { current_version: number }) =>
      `The resource has changed since: its version is now ${current_version}.`,
  },
  empty_update: { status: 422, message: 'The patch has no field.' },
  unknown_status: { status: 422, message: 'There is no such status.' },
  query_too_expensive: { status: 422, message: 'The query takes too long: narrow it.' },
  unavailable: { status: 503, message: 'A dependency is unavailable: try again later.' },
});
