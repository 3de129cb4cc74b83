// Every use case of this module as a request: `services.time-tracking.<name>` among nodes, `api.time-tracking.<name>` for
// outside clients. Path, query and body are one object by their REST names; a change is {id, patch}.
import { defineRequest, type Contract, type RequestContract } from '@mono/bus';
import { ObjectField, UuidField } from '@mono/contract';
import { exposed, type Exposure } from '@mono/platform';
import {
  CreateEntry,
  EntryPage,
  EntryPatch,
  EntryQuery,
  entryEntityTag,
  RunningTimer,
  StartTimer,
  SwitchedTimer,
  TimeEntry,
} from './entry.js';
import { FindHistoryQuery, HistoryPage, HistoryQuery, TaskTime } from './history.js';
import { ReportRows, ReportRowsQuery } from './report-rows.js';
import { FlowQuery, ReportQuery, TimeFlow, TimeReport } from './report.js';
import { LockPeriod, PeriodLock, TimeSettings, TimeSettingsPatch } from './settings.js';

const module = 'time-tracking';
/** Many may wait in the queue of expensive queries, which is fair among workspaces; the queue of a handler is not. */
const WAITING = 512;
/** Longer than a turn in that queue and the query may take. */
const REPORTING = { timeoutMs: 60_000, concurrency: WAITING };
const FINDING = { timeoutMs: 25_000, concurrency: WAITING };
const entityTag = ({ version }: { version: number }): string => String(version);

export class TaskHistory extends HistoryQuery {
  @UuidField({ description: 'The task.' })
  id: string;
}

export class TimeOfTask {
  @UuidField({ description: 'The task.' })
  id: string;
}

export class EntryId {
  @UuidField({ description: 'The entry.' })
  id: string;
}

export class UpdateEntry extends EntryId {
  @ObjectField(() => EntryPatch, { description: 'A merge patch.' })
  patch: EntryPatch;
}

export class UpdateTimeSettings {
  @ObjectField(() => TimeSettingsPatch, { description: 'A merge patch.' })
  patch: TimeSettingsPatch;
}

type Shape<Request, Reply> = {
  name: string;
  request?: new () => Request;
  reply?: new () => Reply;
  timeoutMs?: number;
  concurrency?: number;
};

function reads<Request, Reply>(
  shape: Shape<Request, Reply>,
  exposure: Omit<Exposure, 'scope'> = {},
): RequestContract<Request, Reply> {
  return defineRequest({ module, ...shape, ...exposed({ scope: 'time:read', ...exposure }), idempotent: true });
}

function writes<Request, Reply = void>(
  shape: Shape<Request, Reply>,
  exposure: Partial<Exposure>,
): RequestContract<Request, Reply> {
  return defineRequest({ module, ...shape, ...exposed({ scope: 'time:write', ...exposure }) });
}

export const timeTrackingRequests = {
  taskHistory: reads({ name: 'task_history', request: TaskHistory, reply: HistoryPage }),
  findHistory: reads({ name: 'find_history', request: FindHistoryQuery, reply: HistoryPage }),
  taskTime: reads({ name: 'task_time', request: TimeOfTask, reply: TaskTime }),

  createEntry: writes(
    { name: 'create_entry', request: CreateEntry, reply: TimeEntry },
    { replayable: true, entityTag: entryEntityTag },
  ),
  findEntries: reads({ name: 'find_entries', request: EntryQuery, reply: EntryPage, ...FINDING }),
  getEntry: reads({ name: 'get_entry', request: EntryId, reply: TimeEntry }, { entityTag: entryEntityTag }),
  updateEntry: writes(
    { name: 'update_entry', request: UpdateEntry, reply: TimeEntry },
    { guarded: true, entityTag: entryEntityTag },
  ),
  deleteEntry: writes<EntryId>({ name: 'delete_entry', request: EntryId }, { guarded: true }),

  startTimer: writes(
    { name: 'start_timer', request: StartTimer, reply: TimeEntry },
    { user: true, replayable: true, entityTag: entryEntityTag },
  ),
  stopTimer: writes<undefined, TimeEntry>(
    { name: 'stop_timer', reply: TimeEntry },
    { user: true, replayable: true, entityTag: entryEntityTag },
  ),
  switchTimer: writes(
    { name: 'switch_timer', request: StartTimer, reply: SwitchedTimer },
    { user: true, replayable: true },
  ),
  getTimer: reads<undefined, RunningTimer>({ name: 'get_timer', reply: RunningTimer }, { user: true }),

  getSettings: reads<undefined, TimeSettings>({ name: 'get_settings', reply: TimeSettings }, { entityTag }),
  updateSettings: writes(
    { name: 'update_settings', request: UpdateTimeSettings, reply: TimeSettings },
    { scope: 'admin', guarded: true, entityTag },
  ),
  getLock: reads<undefined, PeriodLock>({ name: 'get_lock', reply: PeriodLock }, { entityTag }),
  lockPeriod: writes(
    { name: 'lock_period', request: LockPeriod, reply: PeriodLock },
    { scope: 'admin', replayable: true, entityTag },
  ),

  report: reads({ name: 'report', request: ReportQuery, reply: TimeReport, ...REPORTING }),
  /** Among nodes only: to others the report itself gives its rows. */
  reportRows: defineRequest({
    module,
    name: 'report_rows',
    request: ReportRowsQuery,
    reply: ReportRows,
    ...REPORTING,
    idempotent: true,
  }),
  flow: reads({ name: 'flow', request: FlowQuery, reply: TimeFlow, ...REPORTING }),
} as const;

export const timeTrackingContracts: readonly Contract[] = Object.values(timeTrackingRequests);
