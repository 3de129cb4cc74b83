// A period that is closed: no entry that begins in it is made, changed or deleted.
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';
import { changesBetween, type EntryState } from './entry-state.js';

/** An instant, or null: nothing is closed. */
type LockedUntil = string | null;

/** Of an entry that is made or deleted. @throws DomainError `period_locked`. */
export function requireOpen({ started_at: startedAt }: Pick<EntryState, 'started_at'>, lockedUntil: LockedUntil): void {
  if (lockedUntil === null || !begins(startedAt, lockedUntil)) return;
  throw timeTrackingErrors.period_locked({ locked_until: lockedUntil });
}

/** Of an entry that is changed, as it was and as it would be. @throws DomainError `period_locked`. */
export function requireChangeable(from: EntryState, to: EntryState, lockedUntil: LockedUntil): void {
  if (lockedUntil !== null && onlyStops(from, to) && Date.parse(to.ended_at ?? '') >= Date.parse(lockedUntil)) return;
  requireOpen(from, lockedUntil);
  requireOpen(to, lockedUntil);
}

function begins(startedAt: string, lockedUntil: string): boolean {
  return Date.parse(startedAt) < Date.parse(lockedUntil);
}

/** What ran through the closed time goes on having done so. */
function onlyStops(from: EntryState, to: EntryState): boolean {
  return from.ended_at === null && Object.keys(changesBetween(from, to)).join() === 'ended_at';
}
