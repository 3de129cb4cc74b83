// Time that was worked, written down by hand.
import { normalInstant, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { entriesOperations } from '../../contract/entries.operations.js';
import type { CreateEntry, TimeEntry } from '../../contract/entry.js';
import { requireOpen } from '../domain/closed-period.js';
import { withSaid, type EntryState } from '../domain/entry-state.js';
import { requireAnEnd, newTimes } from '../domain/entry-times.js';
import { toWriteEntries } from '../persistence/conditions.js';
import { addCreatedEvent } from '../persistence/entry-events.js';
import { insertEntry } from '../persistence/entry-records.js';
import { toEntry } from '../persistence/entry-rows.js';
import { askedBefore } from './asked-before.js';
import type { EntriesParts } from './entries-parts.js';
import { namedTask } from './named-task.js';
import { normalTimes } from './normal-times.js';
import { writeOnce } from './write-once.js';
import { judgeOverlaps } from './overlaps.js';
import { whose } from './whose.js';

export const NOTHING_SAID: Pick<EntryState, 'note' | 'tags' | 'billable'> = { note: null, tags: [], billable: false };

/** To whom and to what it belongs. */
type Belonging = Pick<EntryState, 'user_id' | 'task_id'>;

export async function createEntry(parts: EntriesParts, context: CallContext, input: CreateEntry): Promise<TimeEntry> {
  requireAnEnd(input);
  const belonging = await askedBefore(belongingOf(parts, context, input));
  return writeOnce(parts, entriesOperations.createEntry, context, input, (on) =>
    create(on, context, input, belonging()),
  );
}

async function belongingOf(
  { members, tasks }: EntriesParts,
  context: CallContext,
  input: CreateEntry,
): Promise<Belonging> {
  const userId = await whose(context, input.user_id, members);
  return { user_id: userId, task_id: await namedTask(tasks, context, input.task_id ?? null) };
}

async function create(
  on: Executor,
  context: CallContext,
  input: CreateEntry,
  belonging: Belonging,
): Promise<TimeEntry> {
  const { workspaceId } = context.principal;
  const { settings, now } = await toWriteEntries(on, workspaceId, belonging.user_id);
  const times = newTimes(normalInstant(input.started_at), normalTimes(input), now);
  requireOpen(times, settings.locked_until);
  const id = uuidv7();
  const stretch = { id, workspace_id: workspaceId, ...belonging, ...times };
  const { overlaps, exclusive } = await judgeOverlaps(on, context.principal, settings, stretch);
  const row = await insertEntry(on, {
    ...withSaid({ ...stretch, ...NOTHING_SAID }, input),
    source: 'manual',
    exclusive,
  });
  if (!row) throw new Error('An entry that has ended was taken for a timer.');
  await addCreatedEvent(on, context, row);
  return toEntry(row, settings, overlaps);
}
