import { VersionConflictError } from '../errors/index.js';
import type { CallContext } from './call-context.js';

/** Compares the version that the caller expects, if any, with the one that a thing has. @throws VersionConflictError */
export function requireVersion(
  { expectedVersion }: Pick<CallContext, 'expectedVersion'>,
  { version }: { version: number },
): void {
  if (expectedVersion !== undefined && expectedVersion !== version) throw new VersionConflictError(version);
}
