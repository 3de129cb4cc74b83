// Time that people write down: what controllers and bus handlers call. Implemented by the use cases and, where the module
// does not run, by a client over the bus.
import type { CallContext, Replayable } from '@mono/contract';
import type {
  CreateEntry,
  EntryPage,
  EntryPatch,
  EntryQuery,
  RunningTimer,
  StartTimer,
  SwitchedTimer,
  TimeEntry,
} from './entry.js';
import type { LockPeriod, PeriodLock, TimeSettings, TimeSettingsPatch } from './settings.js';

/**
 * Every method throws DomainError with the codes of ./errors.ts. Everybody sees all entries of the workspace; a user changes
 * their own, an admin and a key everybody's. What belongs to a task in a list beyond the caller's reach is as if it were not there.
 */
export abstract class EntriesApi {
  /** @throws `task_not_found`, `member_not_found`, `entries_overlap`, `period_locked`, `forbidden`; InvalidInputError. */
  abstract createEntry(context: CallContext, input: CreateEntry): Promise<Replayable<TimeEntry>>;
  abstract findEntries(context: CallContext, query: EntryQuery): Promise<EntryPage>;
  /** @throws `entry_not_found`. */
  abstract getEntry(context: CallContext, id: string): Promise<TimeEntry>;
  /** @throws as createEntry, `entry_not_found`, `version_conflict`, `empty_update`. */
  abstract updateEntry(context: CallContext, id: string, patch: EntryPatch): Promise<TimeEntry>;
  /** @throws `entry_not_found`, `version_conflict`, `period_locked`, `forbidden`. */
  abstract deleteEntry(context: CallContext, id: string): Promise<void>;

  /** For users, who have one timer in each workspace. Time is the server's. @throws `timer_running`, `task_not_found`, `entries_overlap`. */
  abstract startTimer(context: CallContext, input: StartTimer): Promise<Replayable<TimeEntry>>;
  /** @throws `timer_not_running`. */
  abstract stopTimer(context: CallContext): Promise<Replayable<TimeEntry>>;
  /** Stops what runs, if something does, and starts at the same moment. @throws `task_not_found`, `entries_overlap`. */
  abstract switchTimer(context: CallContext, input: StartTimer): Promise<Replayable<SwitchedTimer>>;
  abstract getTimer(context: CallContext): Promise<RunningTimer>;

  abstract getSettings(context: CallContext): Promise<TimeSettings>;
  /** @throws `version_conflict`, `empty_update`. */
  abstract updateSettings(context: CallContext, patch: TimeSettingsPatch): Promise<TimeSettings>;
  abstract getLock(context: CallContext): Promise<PeriodLock>;
  /** Also earlier than before, or not at all any more. History goes on arriving. */
  abstract lockPeriod(context: CallContext, input: LockPeriod): Promise<Replayable<PeriodLock>>;
}
