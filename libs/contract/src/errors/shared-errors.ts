// The codes that every module shares, and their statuses.
import { HTTP_STATUS } from './http-status.js';

export const SHARED_STATUSES: Readonly<Record<string, number>> = {
  unauthorized: HTTP_STATUS.unauthorized,
  forbidden: HTTP_STATUS.forbidden,
  version_conflict: HTTP_STATUS.precondition_failed,
  empty_update: HTTP_STATUS.invalid,
  unknown_status: HTTP_STATUS.invalid,
  query_too_expensive: HTTP_STATUS.invalid,
  unavailable: HTTP_STATUS.unavailable,
};
