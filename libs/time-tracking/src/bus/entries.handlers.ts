import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  EntriesApi,
  timeTrackingRequests,
  type CreateEntry,
  type EntryId,
  type EntryPage,
  type EntryQuery,
  type LockPeriod,
  type PeriodLock,
  type RunningTimer,
  type StartTimer,
  type SwitchedTimer,
  type TimeEntry,
  type TimeSettings,
  type UpdateEntry,
  type UpdateTimeSettings,
} from '../../contract/index.js';

@Controller()
export class EntriesHandlers {
  constructor(@Inject(EntriesApi) private readonly entries: EntriesApi) {}

  @RequestHandler(timeTrackingRequests.createEntry)
  createEntry(input: CreateEntry, context: BusContext): Promise<TimeEntry> {
    return replying(context, this.entries.createEntry(callContextOf(context), input));
  }

  @RequestHandler(timeTrackingRequests.findEntries)
  findEntries(query: EntryQuery, context: BusContext): Promise<EntryPage> {
    return this.entries.findEntries(callContextOf(context), query);
  }

  @RequestHandler(timeTrackingRequests.getEntry)
  getEntry({ id }: EntryId, context: BusContext): Promise<TimeEntry> {
    return this.entries.getEntry(callContextOf(context), id);
  }

  @RequestHandler(timeTrackingRequests.updateEntry)
  updateEntry({ id, patch }: UpdateEntry, context: BusContext): Promise<TimeEntry> {
    return this.entries.updateEntry(callContextOf(context), id, patch);
  }

  @RequestHandler(timeTrackingRequests.deleteEntry)
  deleteEntry({ id }: EntryId, context: BusContext): Promise<void> {
    return this.entries.deleteEntry(callContextOf(context), id);
  }

  @RequestHandler(timeTrackingRequests.startTimer)
  startTimer(input: StartTimer, context: BusContext): Promise<TimeEntry> {
    return replying(context, this.entries.startTimer(callContextOf(context), input));
  }

  @RequestHandler(timeTrackingRequests.stopTimer)
  stopTimer(_nothing: undefined, context: BusContext): Promise<TimeEntry> {
    return replying(context, this.entries.stopTimer(callContextOf(context)));
  }

  @RequestHandler(timeTrackingRequests.switchTimer)
  switchTimer(input: StartTimer, context: BusContext): Promise<SwitchedTimer> {
    return replying(context, this.entries.switchTimer(callContextOf(context), input));
  }

  @RequestHandler(timeTrackingRequests.getTimer)
  getTimer(_nothing: undefined, context: BusContext): Promise<RunningTimer> {
    return this.entries.getTimer(callContextOf(context));
  }

  @RequestHandler(timeTrackingRequests.getSettings)
  getSettings(_nothing: undefined, context: BusContext): Promise<TimeSettings> {
    return this.entries.getSettings(callContextOf(context));
  }

  @RequestHandler(timeTrackingRequests.updateSettings)
  updateSettings({ patch }: UpdateTimeSettings, context: BusContext): Promise<TimeSettings> {
    return this.entries.updateSettings(callContextOf(context), patch);
  }

  @RequestHandler(timeTrackingRequests.getLock)
  getLock(_nothing: undefined, context: BusContext): Promise<PeriodLock> {
    return this.entries.getLock(callContextOf(context));
  }

  @RequestHandler(timeTrackingRequests.lockPeriod)
  lockPeriod(input: LockPeriod, context: BusContext): Promise<PeriodLock> {
    return replying(context, this.entries.lockPeriod(callContextOf(context), input));
  }
}
