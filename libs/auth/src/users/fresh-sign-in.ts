// Users without a password confirm a change by a recent session.
import type { Executor } from '@mono/platform';
import { authErrors } from '../../contract/index.js';
import { isSessionFresh } from '../persistence/sessions.js';

/** Renewed tokens do not make a session younger. */
const FRESH_SECONDS = 10 * 60;

/** @throws DomainError `fresh_sign_in_required`. */
export async function requireFreshSignIn(on: Executor, userId: string, sessionId: string): Promise<void> {
  if (!(await isSessionFresh(on, userId, sessionId, FRESH_SECONDS))) throw authErrors.fresh_sign_in_required();
}
