// Adds included fields to tasks: by one statement, or one call of the module that has them, for each kind and page.
import { Inject, Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf, requireRights, type CallContext, type ModuleCallOptions, type Requester } from '@mono/contract';
import { DomainError, InvalidInputError } from '@mono/contract/errors';
import { Database, type Executor } from '@mono/platform';
import { recurrenceResources } from '@mono/recurrence/contract';
import { MAX_TASKS_WITH_INCLUDES, type IncludedTemplate, type TaskInclude } from '../../contract/include.js';
import type { Task } from '../../contract/task.js';
import { toRelation } from '../relations/find-relations.js';
import { findListsOf, findRelationsOf, findSubtasksOf } from './included-rows.js';

interface Asked {
  include?: readonly TaskInclude[] | undefined;
  limit?: number | undefined;
}

/** How long another module is waited for. */
const PATIENCE_MS = 3_000;
const UNAVAILABLE: ReadonlySet<string> = new Set(['unavailable', 'deadline_exceeded']);

@Injectable()
export class Includes {
  constructor(
    @Inject(Database) private readonly database: Executor,
    @Inject(MembersClient) private readonly members: Pick<MembersClient, 'names'>,
    @Inject(Bus) private readonly bus: Requester,
  ) {}

  /** The page that `find` finds. @throws InvalidInputError for a limit that is too high; DomainError `forbidden`. */
  async page<Page extends { items: Task[] }>(
    call: CallContext,
    asked: Asked,
    find: () => Promise<Page>,
  ): Promise<Page> {
    if (!asked.include?.length) return find();
    requireIncludes(call, asked);
    const page = await find();
    await this.add(call, page.items, asked.include);
    return page;
  }

  /** @throws DomainError `forbidden`. */
  async task(call: CallContext, { include }: Asked, task: Task): Promise<Task> {
    if (!include?.length) return task;
    requireIncludes(call, { include });
    await this.add(call, [task], include);
    return task;
  }

  private async add(call: CallContext, tasks: readonly Task[], include: readonly TaskInclude[]): Promise<void> {
    if (tasks.length === 0) return;
    await Promise.all([...new Set(include)].map((kind) => this[kind](call, tasks)));
  }

  private async list({ principal }: CallContext, tasks: readonly Task[]): Promise<void> {
    const lists = await findListsOf(this.database, principal, idsOf(tasks.map(({ list_id: id }) => id)));
    for (const task of tasks) {
      const list = lists.get(task.list_id);
      if (list) task.list = list;
    }
  }

  private async subtasks({ principal }: CallContext, tasks: readonly Task[]): Promise<void> {
    const subtasks = await findSubtasksOf(this.database, principal, idsOf(tasks.map(({ id }) => id)));
    for (const task of tasks) task.subtasks = subtasks.get(task.id) ?? [];
  }

  private async relations({ principal }: CallContext, tasks: readonly Task[]): Promise<void> {
    const relations = await findRelationsOf(this.database, principal, idsOf(tasks.map(({ id }) => id)));
    for (const task of tasks) task.relations = (relations.get(task.id) ?? []).map(toRelation);
  }

  private async assignee(call: CallContext, tasks: readonly Task[]): Promise<void> {
    const { workspaceId } = call.principal;
    const ids = idsOf(tasks.map(({ assignee_id: id }) => id));
    const names =
      ids.length === 0
        ? new Map<string, string>()
        : await ifAvailable(() => this.members.names(workspaceId, ids, optionsOf(call)));
    if (!names) return;
    for (const task of tasks) {
      const { assignee_id: id } = task;
      task.assignee = id === null ? null : { id, name: names.get(id) ?? null };
    }
  }

  /** A template that is deleted, or out of reach, is null. */
  private async template(call: CallContext, tasks: readonly Task[]): Promise<void> {
    const { workspaceId, listIds } = call.principal;
    const ids = idsOf(tasks.map(({ template_id: id }) => id));
    const asked = { workspace_id: workspaceId, ids, list_ids: listIds ? [...listIds] : null };
    const client = clientOf(this.bus, recurrenceResources);
    const found =
      ids.length === 0 ? { items: [] } : await ifAvailable(() => client.templateResources(asked, optionsOf(call)));
    if (!found) return;
    const templates = new Map(found.items.map((item) => [item.id, toIncluded(item as IncludedTemplate)]));
    for (const task of tasks) task.template = templates.get(task.template_id ?? '') ?? null;
  }
}

/** @throws InvalidInputError; DomainError `forbidden`. */
function requireIncludes({ principal }: CallContext, { include, limit = 0 }: Asked): void {
  if (include?.includes('template')) requireRights(principal, { scope: 'recurrence:read' });
  if (limit <= MAX_TASKS_WITH_INCLUDES) return;
  throw new InvalidInputError([{ field: 'limit', issue: `must be at most ${MAX_TASKS_WITH_INCLUDES} with include` }]);
}

function optionsOf({ requestId, deadline, signal }: CallContext): ModuleCallOptions {
  return { requestId, deadline, signal, timeoutMs: PATIENCE_MS };
}

function idsOf(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids)].filter((id) => id !== null);
}

function toIncluded({ id, title, status, rule }: IncludedTemplate): IncludedTemplate {
  return { id, title, status, rule };
}

/** @returns undefined while the module is unavailable. */
async function ifAvailable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DomainError && UNAVAILABLE.has(error.code)) return undefined;
    throw error;
  }
}
