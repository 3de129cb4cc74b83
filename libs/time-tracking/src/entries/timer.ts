// The timer of a user: it writes an entry that has no end yet. The server's clock says when it begins and ends.
import type { CallContext, DomainError } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { RunningTimer, StartTimer, SwitchedTimer, TimeEntry } from '../../contract/entry.js';
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';
import { timerOperations } from '../../contract/timer.operations.js';
import { withSaid } from '../domain/entry-state.js';
import { toWriteEntries, type Conditions } from '../persistence/conditions.js';
import { addCreatedEvent, type Doer } from '../persistence/entry-events.js';
import { insertEntry } from '../persistence/entry-records.js';
import { lockRunning, readRunning } from '../persistence/entry-reads.js';
import { toEntry, type EntryRow } from '../persistence/entry-rows.js';
import { readSettings } from '../persistence/settings-rows.js';
import { askedBefore } from './asked-before.js';
import { NOTHING_SAID } from './create-entry.js';
import type { EntriesParts } from './entries-parts.js';
import { namedTask } from './named-task.js';
import { writeOnce } from './write-once.js';
import { judgeOverlaps } from './overlaps.js';
import { requireUser } from './whose.js';
import { writeChange, type Written } from './write-change.js';

/** What is to run, its task being looked up. */
interface Start {
  said: StartTimer;
  taskId: string | null;
}

export async function getTimer(on: Executor, { principal }: CallContext): Promise<RunningTimer> {
  const row = await readRunning(on, principal.workspaceId, requireUser(principal));
  return { entry: row ? toEntry(row, await readSettings(on, principal.workspaceId)) : null };
}

export async function startTimer(parts: EntriesParts, context: CallContext, input: StartTimer): Promise<TimeEntry> {
  const userId = requireUser(context.principal);
  const taskId = await askedBefore(namedTask(parts.tasks, context, input.task_id ?? null));
  return writeOnce(parts, timerOperations.startTimer, context, input, async (on) => {
    const start = { said: input, taskId: taskId() };
    const { workspaceId } = context.principal;
    const conditions = await toWriteEntries(on, workspaceId, userId);
    const running = await readRunning(on, workspaceId, userId);
    if (running) throw timerRunning(running.id);
    return begin(on, context, start, conditions);
  });
}

export async function stopTimer(parts: EntriesParts, context: CallContext): Promise<TimeEntry> {
  const userId = requireUser(context.principal);
  return writeOnce(parts, timerOperations.stopTimer, context, {}, async (on) => {
    const { workspaceId } = context.principal;
    const conditions = await toWriteEntries(on, workspaceId, userId);
    const running = await lockRunning(on, workspaceId, userId);
    if (!running) throw timeTrackingErrors.timer_not_running();
    return shown(await stopRunning(on, context, running, conditions), conditions);
  });
}

export async function switchTimer(
  parts: EntriesParts,
  context: CallContext,
  input: StartTimer,
): Promise<SwitchedTimer> {
  const userId = requireUser(context.principal);
  const taskId = await askedBefore(namedTask(parts.tasks, context, input.task_id ?? null));
  return writeOnce(parts, timerOperations.switchTimer, context, input, async (on) => {
    const start = { said: input, taskId: taskId() };
    const { workspaceId } = context.principal;
    const conditions = await toWriteEntries(on, workspaceId, userId);
    const running = await lockRunning(on, workspaceId, userId);
    const written = running && (await stopRunning(on, context, running, conditions));
    // One instant for both, also where what ran was to begin ahead of now.
    const now = written?.row.ended_at ?? conditions.now;
    const started = await begin(on, context, start, { ...conditions, now });
    return { stopped: written ? shown(written, conditions) : null, started };
  });
}

/** Ends it now; what was to begin ahead of now has taken no time. The row is locked. */
export function stopRunning(on: Executor, doer: Doer, row: EntryRow, { settings, now }: Conditions): Promise<Written> {
  const ended_at = Date.parse(now) < Date.parse(row.started_at) ? row.started_at : now;
  return writeChange(on, doer, row, { ...row, ended_at }, settings);
}

async function begin(
  on: Executor,
  context: CallContext,
  { said, taskId }: Start,
  conditions: Conditions,
): Promise<TimeEntry> {
  const { settings, now } = conditions;
  const { workspaceId, id: userId } = context.principal;
  const ids = { id: uuidv7(), workspace_id: workspaceId, user_id: userId, task_id: taskId };
  const stretch = { ...ids, started_at: now, ended_at: null };
  const { overlaps, exclusive } = await judgeOverlaps(on, context.principal, settings, stretch);
  const row = await insertEntry(on, {
    ...withSaid({ ...stretch, ...NOTHING_SAID }, said),
    source: 'timer',
    exclusive,
  });
  if (!row) throw timerRunning((await readRunning(on, workspaceId, userId))?.id);
  await addCreatedEvent(on, context, row);
  return toEntry(row, settings, overlaps);
}

function shown({ row, overlaps }: Written, { settings }: Conditions): TimeEntry {
  return toEntry(row, settings, overlaps);
}

function timerRunning(id: string | undefined): DomainError {
  return timeTrackingErrors.timer_running({ entry_id: id ?? null });
}
