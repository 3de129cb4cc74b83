// What this module hears: its own changes, which ask for generation; what becomes of tasks and lists; of workspaces and people.
import { defineEvent, type Bus, type EventContract } from '@mono/bus';
import type { MemberEvent, UserEvent } from '@mono/auth/contract';
import type { CallContext } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import type { OutboxSignal } from '@mono/bus/outbox';
import { OCCURRENCE_EVENTS, TEMPLATE_EVENTS } from '../../contract/events.js';
import type { Leavers } from '../members/forget-leavers.js';
import { HearTask, TASKS_CONSUMER } from '../occurrences/hear-task.js';
import { endTemplatesOfList, eraseWorkspace } from '../templates/erase-workspace.js';
import { rezoneTemplates } from '../templates/rezone.js';
import { listDeleted, taskEvents, type TaskEvent } from './task-events.js';

/** Somebody may be named by many templates; tried again, it goes on where it was. */
const LEAVING_TIMEOUT_MS = 10 * 60 * 1_000;

/** What is needed of one's own events. */
class OwnEvent {
  template_id: string;
  workspace_id: string;
  request_id: string;
}

class WorkspaceUpdated {
  workspace_id: string;
  actor: CallContext['principal'];
  request_id: string;
  changes: Record<string, { to: unknown } | undefined>;
}

class AccountDeleted implements Pick<UserEvent, 'workspace_ids'> {
  workspace_ids?: string[];
}

class MemberRemoved implements Pick<MemberEvent, 'workspace_id' | 'user_id' | 'occurred_at' | 'request_id'> {
  workspace_id: string;
  user_id: string;
  occurred_at: string;
  request_id: string;
}

export interface Hearing {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  leavers: Pick<Leavers, 'end'>;
  enqueue: (template: { id: string; workspace_id: string }, requestId: string) => Promise<void>;
  /** Of a workspace, as it is now. */
  zoneOf: (workspaceId: string, requestId: string) => Promise<string>;
}

/** To be called before the bus starts. */
export function hearEvents(bus: Bus, hearing: Hearing): void {
  hearOwn(bus, hearing);
  const tasks = new HearTask(hearing.database, hearing.signal, hearing.enqueue);
  bus.onDurableEvent(taskEvents, (body) => tasks.hear(body as TaskEvent), {
    consumer: TASKS_CONSUMER,
    module: 'recurrence',
    // One after the other of each task: they would wait for each other in the database.
    key: (body) => (body as TaskEvent).aggregate_id,
  });
  hearOfLists(bus, hearing);
  hearOfWorkspaces(bus, hearing);
  hearOfMembers(bus, hearing);
}

/** The row of the membership says what has been done. */
function hearOfMembers(bus: Bus, { leavers }: Hearing): void {
  const removed = defineEvent({ module: 'auth', name: 'member_removed', event: MemberRemoved });
  bus.onDurableEvent(
    [removed],
    (body) => {
      const { workspace_id: workspaceId, user_id: userId, occurred_at: leftAt, request_id } = body as MemberRemoved;
      return leavers.end({ workspaceId, userId, requestId: request_id }, leftAt);
    },
    { consumer: 'recurrence-leavers', module: 'recurrence', concurrency: 2, timeoutMs: LEAVING_TIMEOUT_MS },
  );
}

function hearOwn(bus: Bus, { enqueue }: Hearing): void {
  const own: EventContract<OwnEvent>[] = [...TEMPLATE_EVENTS, ...OCCURRENCE_EVENTS].map((name) =>
    defineEvent({ module: 'recurrence', name, event: OwnEvent }),
  );
  bus.onDurableEvent(
    own,
    (body) => {
      const { template_id: id, workspace_id, request_id } = body as OwnEvent;
      return enqueue({ id, workspace_id }, request_id);
    },
    { consumer: 'recurrence-generate', module: 'recurrence' },
  );
}

function hearOfLists(bus: Bus, { database, signal, enqueue }: Hearing): void {
  bus.onDurableEvent(
    [listDeleted],
    async (body) => {
      const { aggregate_id: listId, actor, workspace_id: workspaceId, request_id: requestId } = body as TaskEvent;
      const context = { principal: { ...actor, workspaceId, scopes: [] }, requestId, source: 'event' };
      for (const id of await endTemplatesOfList(database, signal, context, listId)) {
        await enqueue({ id, workspace_id: workspaceId }, requestId);
      }
    },
    { consumer: 'recurrence-lists', module: 'recurrence' },
  );
}

function hearOfWorkspaces(bus: Bus, { database, signal, enqueue, zoneOf }: Hearing): void {
  const updated = defineEvent({ module: 'auth', name: 'workspace_updated', event: WorkspaceUpdated });
  bus.onDurableEvent(
    [updated],
    async (body) => {
      const { workspace_id: workspaceId, actor, request_id: requestId, changes } = body as WorkspaceUpdated;
      if (!changes['timezone']) return;
      const context = { principal: { ...actor, workspaceId, scopes: [] }, requestId, source: 'event' };
      // The zone of today, and not that of the event, which may come late; and still the one of today afterwards.
      const current = (): Promise<string> => zoneOf(workspaceId, requestId);
      for (let zone = '', next = await current(); zone !== next; next = await current()) {
        zone = next;
        for (const id of await rezoneTemplates(database, signal, context, zone)) {
          await enqueue({ id, workspace_id: workspaceId }, requestId);
        }
      }
    },
    { consumer: 'recurrence-workspaces', module: 'recurrence', concurrency: 1 },
  );
  const deleted = defineEvent({ module: 'auth', name: 'account_deleted', event: AccountDeleted });
  bus.onDurableEvent(
    [deleted],
    async (body) => {
      for (const id of (body as AccountDeleted).workspace_ids ?? []) await eraseWorkspace(database, id);
    },
    { consumer: 'recurrence-accounts', module: 'recurrence', concurrency: 1 },
  );
}
