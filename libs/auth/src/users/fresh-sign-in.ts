// Changes that ask once more who somebody is: a session that has just begun shows it where there is no password to ask for.
import type { Executor } from '@mono/platform';
import { freshSignInRequired } from '../../contract/index.js';
import { isSessionFresh } from '../persistence/sessions.js';

/** Renewing tokens keeps a session, and makes it no younger. */
const FRESH_SECONDS = 10 * 60;

/** @throws DomainError `fresh_sign_in_required`. */
export async function requireFreshSignIn(on: Executor, userId: string, sessionId: string): Promise<void> {
  if (!(await isSessionFresh(on, userId, sessionId, FRESH_SECONDS))) throw freshSignInRequired();
}
