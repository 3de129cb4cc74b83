// Restores a template from the trash: as it was, without the occurrences that it has missed.
import { Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { clientOf, DomainError, requireRights, type CallContext } from '@mono/contract';
import { Database, type Executor, type NamedMember } from '@mono/platform';
import { OccurrencesClient, tasksTrashOperations } from '@mono/tasks/contract';
import { trashErrors, type RestoredThing, type RestoreFromTrash } from '@mono/trash/contract';
import { templateEvents } from '../../contract/recurrence.events.js';
import { systemContext } from '../call-contexts.js';
import { reaches, requireList } from '../domain/reach.js';
import { assigneesOf, unassigned } from '../domain/subtasks.js';
import { changesBetween, returnedTo, type Standing, type TemplateState } from '../domain/template-state.js';
import { Generation } from '../generation/generate.js';
import { unassignOccurrences } from '../members/former-members.js';
import { memberships } from '../members/members.js';
import { assigneesOfExceptions } from '../persistence/occurrences.store.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { lockTemplate, readAnyTemplate, updateTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { References } from '../templates/references.js';

/** The assignees of the template, its subtasks and its exceptions. */
interface Assignees {
  userIds: readonly string[];
  members: readonly NamedMember[];
}

/** Exceptions per statement. */
const BATCH = 500;

@Injectable()
export class RestoreTemplate {
  private readonly tasksTrash;

  constructor(
    bus: Bus,
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly references: References,
    private readonly occurrences: OccurrencesClient,
    private readonly members: MembersClient,
    private readonly generation: Generation,
  ) {
    this.tasksTrash = clientOf(bus, tasksTrashOperations);
  }

  /** @returns null without such a template within reach. @throws DomainError of the trash. */
  async restore(context: CallContext, input: RestoreFromTrash): Promise<RestoredThing | null> {
    const seen = await this.trashed(this.database, context, input.id);
    if (!seen) return null;
    requireRights(context.principal, { scope: 'recurrence:write' });
    const listId = await this.targetOf(context, seen, input.list_id);
    const assignees = await this.assigneesOf(seen);
    const restored = await this.database.transaction(async (on) => {
      const row = await this.trashed(on, context, input.id, 'locked');
      if (!row) return null;
      const left = await formerOf(on, row.workspace_id, assignees);
      on.afterCommit(() => this.signal.wake());
      return bringBack(on, context, row, { listId, title: input.title, left });
    });
    if (!restored) return null;
    await this.generation.generateAtOnce(restored.id, context.requestId);
    const { id, title, list_id, version } = restored;
    return { id, type: 'template', title, list_id, version, holds: {} };
  }

  /** @throws DomainError `not_in_trash` */
  async trashed(
    on: Executor,
    { principal }: CallContext,
    id: string,
    lock?: 'locked',
  ): Promise<(TemplateRow & { before_deletion: Standing }) | undefined> {
    const row = lock ? await lockTemplate(on, id) : await readAnyTemplate(on, id);
    if (!row || !reaches(principal, row)) return undefined;
    if (row.deleted_at === null) throw trashErrors.not_in_trash({ type: 'template', id });
    return row.before_deletion === null ? undefined : { ...row, before_deletion: row.before_deletion };
  }

  /** @throws DomainError `list_in_trash`, `list_not_found` */
  private async targetOf(context: CallContext, row: TemplateRow, given: string | undefined): Promise<string> {
    if (given !== undefined) return this.references.listOf(context, given);
    const system = systemContext(row.workspace_id, context.requestId);
    if (await this.listExists(system, row.list_id)) return row.list_id;
    const query = { types: ['list'], list_id: row.list_id, limit: 1 };
    const { items } = await this.tasksTrash.findTrash(query, system);
    if (items.length > 0) throw trashErrors.list_in_trash({ list_id: row.list_id });
    const { list_id: inbox } = await this.occurrences.inbox(system);
    requireList(context.principal, inbox);
    return inbox;
  }

  private async listExists(system: CallContext, id: string): Promise<boolean> {
    try {
      await this.references.getList(system, id);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'list_not_found') return false;
      throw error;
    }
  }

  private async assigneesOf(row: TemplateRow): Promise<Assignees> {
    const ofExceptions = await assigneesOfExceptions(this.database, row.id);
    const userIds = [...new Set([...ofExceptions, ...assigneesOf(row)])];
    const members = userIds.length === 0 ? [] : await this.members.memberships(row.workspace_id, userIds);
    return { userIds, members };
  }
}

/** Departures pass over templates in the trash. @returns who has left. */
async function formerOf(
  on: Executor,
  workspaceId: string,
  { userIds, members }: Assignees,
): Promise<ReadonlySet<string>> {
  const left = await memberships.hold(on, workspaceId, members);
  const present = new Set(members.map(({ user_id: id }) => id).filter((id) => !left.has(id)));
  return new Set(userIds.filter((id) => !present.has(id)));
}

/** On a locked row in the trash. */
async function bringBack(
  on: Executor,
  context: CallContext,
  row: TemplateRow & { before_deletion: Standing },
  { listId, title, left }: { listId: string; title: string | undefined; left: ReadonlySet<string> },
): Promise<TemplateRow> {
  const state: TemplateState = unassigned(returnedTo(row, row.before_deletion, new Date().toISOString()), left);
  state.list_id = listId;
  if (title !== undefined) state.title = title;
  const marks = { deleted_at: null, deleted_by: null, before_deletion: null, before_list_deletion: null };
  const replan = state.status === 'active' ? 'from its start' : 'what is planned';
  const restored = await updateTemplate(on, row, state, { replan, marks });
  const changes = changesBetween(undefined, state);
  await publishTemplateEvent(on, context, templateEvents.template_restored, restored, changes);
  const system = systemContext(row.workspace_id, context.requestId);
  for (const userId of left) while ((await unassignOccurrences(on, system, row.id, userId, BATCH)) === BATCH);
  return restored;
}
