// Entries where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext, Replayable } from '@mono/contract';
import { callOptionsOf, replayed } from '@mono/platform';
import { EntriesApi } from './entries-api.js';
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
import { timeTrackingRequests } from './requests.js';
import type { LockPeriod, PeriodLock, TimeSettings, TimeSettingsPatch } from './settings.js';

export class EntriesBusClient extends EntriesApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  createEntry(context: CallContext, input: CreateEntry): Promise<Replayable<TimeEntry>> {
    return replayed(this.bus.exchange(timeTrackingRequests.createEntry, input, callOptionsOf(context)));
  }

  findEntries(context: CallContext, query: EntryQuery): Promise<EntryPage> {
    return this.bus.request(timeTrackingRequests.findEntries, query, callOptionsOf(context));
  }

  getEntry(context: CallContext, id: string): Promise<TimeEntry> {
    return this.bus.request(timeTrackingRequests.getEntry, { id }, callOptionsOf(context));
  }

  updateEntry(context: CallContext, id: string, patch: EntryPatch): Promise<TimeEntry> {
    return this.bus.request(timeTrackingRequests.updateEntry, { id, patch }, callOptionsOf(context));
  }

  deleteEntry(context: CallContext, id: string): Promise<void> {
    return this.bus.request(timeTrackingRequests.deleteEntry, { id }, callOptionsOf(context));
  }

  startTimer(context: CallContext, input: StartTimer): Promise<Replayable<TimeEntry>> {
    return replayed(this.bus.exchange(timeTrackingRequests.startTimer, input, callOptionsOf(context)));
  }

  stopTimer(context: CallContext): Promise<Replayable<TimeEntry>> {
    return replayed(this.bus.exchange(timeTrackingRequests.stopTimer, undefined, callOptionsOf(context)));
  }

  switchTimer(context: CallContext, input: StartTimer): Promise<Replayable<SwitchedTimer>> {
    return replayed(this.bus.exchange(timeTrackingRequests.switchTimer, input, callOptionsOf(context)));
  }

  getTimer(context: CallContext): Promise<RunningTimer> {
    return this.bus.request(timeTrackingRequests.getTimer, undefined, callOptionsOf(context));
  }

  getSettings(context: CallContext): Promise<TimeSettings> {
    return this.bus.request(timeTrackingRequests.getSettings, undefined, callOptionsOf(context));
  }

  updateSettings(context: CallContext, patch: TimeSettingsPatch): Promise<TimeSettings> {
    return this.bus.request(timeTrackingRequests.updateSettings, { patch }, callOptionsOf(context));
  }

  getLock(context: CallContext): Promise<PeriodLock> {
    return this.bus.request(timeTrackingRequests.getLock, undefined, callOptionsOf(context));
  }

  lockPeriod(context: CallContext, input: LockPeriod): Promise<Replayable<PeriodLock>> {
    return replayed(this.bus.exchange(timeTrackingRequests.lockPeriod, input, callOptionsOf(context)));
  }
}
