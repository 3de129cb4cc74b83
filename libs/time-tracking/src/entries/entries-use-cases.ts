// Time that people write down: each call goes to its use case.
import type { CallContext, Replayable } from '@mono/contract';
import type { SharingExecutor } from '@mono/platform';
import {
  EntriesApi,
  type CreateEntry,
  type EntryPage,
  type EntryPatch,
  type EntryQuery,
  type LockPeriod,
  type PeriodLock,
  type RunningTimer,
  type StartTimer,
  type SwitchedTimer,
  type TimeEntry,
  type TimeSettings,
  type TimeSettingsPatch,
} from '../../contract/index.js';
import { retryDeadlocks } from '../persistence/retry-deadlocks.js';
import { changeEntry } from './change-entry.js';
import { createEntry } from './create-entry.js';
import { deleteEntry } from './delete-entry.js';
import type { EntriesParts } from './entries-parts.js';
import { findEntries, getEntry } from './find-entries.js';
import { getLock, lockPeriod } from './period-lock.js';
import { getSettings, updateSettings } from './time-settings.js';
import { getTimer, startTimer, stopTimer, switchTimer } from './timer.js';

export class EntriesUseCases extends EntriesApi {
  private readonly database: SharingExecutor;
  private readonly parts: EntriesParts;

  constructor(parts: EntriesParts & { database: SharingExecutor }) {
    super();
    this.database = parts.database;
    this.parts = { ...parts, database: retryDeadlocks(parts.database) };
  }

  createEntry(context: CallContext, input: CreateEntry): Promise<Replayable<TimeEntry>> {
    return createEntry(this.parts, context, input);
  }

  findEntries(context: CallContext, query: EntryQuery): Promise<EntryPage> {
    return findEntries(this.database, context, query);
  }

  getEntry(context: CallContext, id: string): Promise<TimeEntry> {
    return getEntry(this.parts.database, context, id);
  }

  updateEntry(context: CallContext, id: string, patch: EntryPatch): Promise<TimeEntry> {
    return changeEntry(this.parts, context, id, patch);
  }

  deleteEntry(context: CallContext, id: string): Promise<void> {
    return deleteEntry(this.parts, context, id);
  }

  startTimer(context: CallContext, input: StartTimer): Promise<Replayable<TimeEntry>> {
    return startTimer(this.parts, context, input);
  }

  stopTimer(context: CallContext): Promise<Replayable<TimeEntry>> {
    return stopTimer(this.parts, context);
  }

  switchTimer(context: CallContext, input: StartTimer): Promise<Replayable<SwitchedTimer>> {
    return switchTimer(this.parts, context, input);
  }

  getTimer(context: CallContext): Promise<RunningTimer> {
    return getTimer(this.parts.database, context);
  }

  getSettings(context: CallContext): Promise<TimeSettings> {
    return getSettings(this.parts.database, context);
  }

  updateSettings(context: CallContext, patch: TimeSettingsPatch): Promise<TimeSettings> {
    return updateSettings(this.parts, context, patch);
  }

  getLock(context: CallContext): Promise<PeriodLock> {
    return getLock(this.parts.database, context);
  }

  lockPeriod(context: CallContext, input: LockPeriod): Promise<Replayable<PeriodLock>> {
    return lockPeriod(this.parts, context, input);
  }
}
