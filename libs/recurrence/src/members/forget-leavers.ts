// What becomes of what names somebody who leaves the workspace: templates and occurrences to come are assigned to nobody, and
// the user's feeds end.
import type { CallContext } from '@mono/contract';
import { Departures, type Departure, type Executor, type TransactionalExecutor } from '@mono/platform';
import type { MembersClient } from '@mono/auth/contract';
import type { OutboxSignal } from '@mono/bus/outbox';
import { told } from '../domain/ledger.js';
import { laterOf } from '../domain/later-of.js';
import { changesBetween } from '../domain/template-state.js';
import { changesOf } from '../occurrences/exceptions.js';
import { deleteFeeds } from '../persistence/feeds.js';
import { openOccurrencesNaming, saveOccurrences } from '../persistence/occurrence-rows.js';
import { tellOfOccurrence, tellOfTemplate } from '../persistence/recurrence-events.js';
import {
  lockTemplate,
  nextTemplateNaming,
  runSoon,
  updateTemplate,
  type TemplatePlace,
  type TemplateRow,
} from '../persistence/template-rows.js';
import { memberships } from './members.js';

/** Occurrences per transaction. */
const BATCH = 500;

export type Leavers = Departures<TemplatePlace>;

export function leaversOf(
  database: TransactionalExecutor,
  signal: OutboxSignal,
  members: Pick<MembersClient, 'memberships'>,
  batch = BATCH,
): Leavers {
  const clear = async (on: Executor, departure: Departure, at?: TemplatePlace): Promise<TemplatePlace | undefined> => {
    on.afterCommit(() => signal.wake());
    if (!at) await endFeedsOf(on, departure);
    const found = await nextTemplateNaming(on, departure, at);
    const row = found && (await lockTemplate(on, found.id));
    if (row) await unassign(on, departure, row, batch);
    // The same one again, if it still names the user.
    return found;
  };
  return new Departures({ database, memberships, members, clear });
}

function contextOf({ workspaceId, requestId }: Departure): CallContext {
  const principal = { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] } as const;
  return { principal, requestId, source: 'event' };
}

async function endFeedsOf(on: Executor, departure: Departure): Promise<void> {
  const { workspaceId, userId } = departure;
  await deleteFeeds(on, contextOf(departure), { column: 'creator_id', value: userId }, workspaceId);
}

/** Of a row that is locked. */
async function unassign(on: Executor, departure: Departure, row: TemplateRow, batch: number): Promise<void> {
  const context = contextOf(departure);
  const occurrences = await openOccurrencesNaming(on, row.id, departure.userId, batch);
  const changes = occurrences.map((was) => {
    const exception_version = was.exception_version + 1;
    const exception_at = laterOf(new Date().toISOString(), was.exception_at);
    const fields = { ...was.fields, assignee_id: null };
    return { was, row: told(Object.assign({}, was, { fields, exception_version, exception_at })) };
  });
  await saveOccurrences(on, changes);
  for (const { was, row: next } of changes) {
    await tellOfOccurrence(on, context, 'occurrence_edited', next, changesOf(was, next), 'system');
  }
  if (row.assignee_id !== departure.userId) return runSoon(on, row.id);
  const state = { ...row, assignee_id: null };
  const updated = await updateTemplate(on, row, state, { replan: 'what is planned' });
  await tellOfTemplate(on, context, 'template_updated', updated, changesBetween(row, state), 'system');
}
