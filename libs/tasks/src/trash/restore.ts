// Restores what was deleted: a task with its subtasks, or a list with the tasks that went with it.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { InvalidInputError, requireRights, type CallContext } from '@mono/contract';
import { RetryingDatabase, violatedConstraint, type Executor } from '@mono/platform';
import { trashErrors, type RestoredThing, type RestoreFromTrash } from '@mono/trash/contract';
import { isOpen } from '../domain/occurrence-revision.js';
import { beyond, reaches, requireInbox, requireReach, type Reach } from '../domain/reach.js';
import { titleKey } from '../domain/title-key.js';
import { Inbox } from '../lists/inbox.js';
import { withdrawSuccessorsOf } from '../occurrences/withdraw-successors.js';
import { findInboxId, lockOrders, readList } from '../persistence/list-records.js';
import { lockOccurrences, lockSeries } from '../persistence/occurrence-records.js';
import { restoreListRow, restoreTasks, type RestoredTask } from '../persistence/restore-records.js';
import { readTask } from '../persistence/task-reads.js';
import {
  findOtherTask,
  isTrashedList,
  lockTrashed,
  readMembers,
  readStates,
  type TrashedThing,
} from '../persistence/trash-records.js';
import { namingHolder, titleIn } from '../tasks/duplicate-title.js';
import { lockTree } from '../tasks/placement.js';
import { placesFor, type Target } from './restored-places.js';
import { subtreeOf } from './subtree.js';

const CHUNK = 1_000;

type Restored = { title: string; list_id: string; version: number };

@Injectable()
export class Restore {
  constructor(
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly inbox: Inbox,
  ) {}

  /** @returns null where the caller sees nothing of this id. @throws DomainError of `trashErrors`. */
  restore(call: CallContext, input: RestoreFromTrash): Promise<RestoredThing | null> {
    return namingHolder(this.writes, call, () =>
      this.writes.transaction(async (on) => {
        const found = await lockTrashed(on, call.principal, input.id);
        if (!found) return this.requireGone(on, call.principal, input.id);
        requireRights(call.principal, { scope: 'tasks:write' });
        on.afterCommit(() => this.signal.wake());
        const members = await readMembers(on, found.root);
        return found.thing.kind === 'list'
          ? this.restoreList(on, call, found.thing, members, input)
          : this.restoreTask(on, call, subtreeOf(found.thing, members), input);
      }),
    );
  }

  /** @throws DomainError `not_in_trash`. */
  private async requireGone(on: Executor, reach: Reach, id: string): Promise<null> {
    const type = (await readTask(on, reach, id)) ? 'task' : (await readList(on, reach, id)) ? 'list' : undefined;
    if (type !== undefined) throw trashErrors.not_in_trash({ type, id });
    return null;
  }

  private async restoreList(
    on: Executor,
    call: CallContext,
    list: TrashedThing,
    members: readonly TrashedThing[],
    { title, list_id: listId }: RestoreFromTrash,
  ): Promise<RestoredThing> {
    if (listId !== undefined)
      throw new InvalidInputError([{ field: 'list_id', code: 'not_combinable', issue: 'does not go with a list' }]);
    const { id } = list;
    await this.bringBack(on, call, members, async () => {
      const restored = await restoreListRow(on, call, id, title === undefined ? undefined : { title });
      Object.assign(list, restored);
      return { root: { type: 'list', id }, target: { from: id, to: id } };
    });
    return {
      id,
      type: 'list',
      title: list.title,
      list_id: null,
      version: list.version,
      holds: { task: members.length },
    };
  }

  private async restoreTask(
    on: Executor,
    call: CallContext,
    tree: readonly [TrashedThing, ...TrashedThing[]],
    input: RestoreFromTrash,
  ): Promise<RestoredThing> {
    const [{ id, list_id: from }] = tree;
    const restored = await this.bringBack(
      on,
      call,
      tree,
      async () => ({
        root: { type: 'task', id },
        target: { from, to: await this.listFor(on, call, from, input.list_id?.toLowerCase()) },
      }),
      input.title === undefined ? undefined : { id, title: input.title },
    );
    const { title, list_id, version } = restored.get(id) ?? lost();
    return { id, type: 'task', title, list_id, version, holds: { task: tree.length - 1 } };
  }

  /** @param start locks and restores what the tasks stand in. */
  private async bringBack(
    on: Executor,
    call: CallContext,
    tasks: readonly TrashedThing[],
    start: () => Promise<{ root: { type: 'task' | 'list'; id: string }; target: Target }>,
    renamed?: { id: string; title: string },
  ): Promise<Map<string, Restored>> {
    const { principal } = call;
    if (tasks.some(({ list_id: id }) => !reaches(principal, id))) throw beyond('some of it was in others');
    await requireNoOther(on, principal.workspaceId, tasks);
    await this.succeed(on, call, tasks);
    await lockTree(on, principal.workspaceId);
    const { root, target } = await start();
    const places = await placesFor(on, call, tasks, target);
    const restored = new Map<string, Restored>();
    for (const chunk of chunksOf(parentsFirst(tasks))) {
      const kept = await readStates(
        on,
        principal.workspaceId,
        chunk.map(({ id }) => id),
      );
      const states = chunk.map(({ id }): RestoredTask => {
        const state = { ...(kept.get(id) ?? lost()), ...places.get(id) };
        return { id, state: id === renamed?.id ? { ...state, title: renamed.title } : state };
      });
      const versions = await restoreTasks(on, call, root, states).catch((error: unknown) => {
        throw titleTaken(error, states);
      });
      for (const { id, state } of states) {
        restored.set(id, { title: state.title, list_id: state.list_id, version: versions.get(id) ?? lost() });
      }
    }
    return restored;
  }

  /** An open occurrence is the live one again, as when it is reopened. Occurrences are locked before tasks and lists. */
  private async succeed(on: Executor, call: CallContext, tasks: readonly TrashedThing[]): Promise<void> {
    const open = tasks.filter((task) => task.series_id !== null && isOpen(task)).map(({ id }) => id);
    if (open.length === 0) return;
    await lockOccurrences(on, call.principal.workspaceId, open);
    await withdrawSuccessorsOf(on, call, open);
  }

  /** @throws DomainError `list_not_found`, `list_in_trash`; `forbidden` for an Inbox out of reach. */
  private async listFor(on: Executor, call: CallContext, from: string, named: string | undefined): Promise<string> {
    const { principal } = call;
    if (named !== undefined) {
      requireReach(principal, named);
      if (!(await this.holdList(on, principal, named))) throw trashErrors.list_not_found({ id: named });
      return named;
    }
    if (await this.holdList(on, principal, from)) return from;
    if (await isTrashedList(on, principal.workspaceId, from)) throw trashErrors.list_in_trash({ list_id: from });
    if (principal.listIds !== undefined) requireInbox(principal, await findInboxId(on, principal.workspaceId));
    return this.inbox.idOf(on, call);
  }

  private async holdList(on: Executor, { workspaceId }: Reach, id: string): Promise<boolean> {
    return (await lockOrders(on, workspaceId, [id])).has(id);
  }
}

/** Recurrence may have created another task of the occurrence since. @throws DomainError `occurrence_has_task` */
async function requireNoOther(on: Executor, workspaceId: string, tasks: readonly TrashedThing[]): Promise<void> {
  const repeated = tasks.filter(({ series_id: id }) => id !== null);
  if (repeated.length === 0) return;
  await lockSeries(on, repeated);
  const other = await findOtherTask(
    on,
    workspaceId,
    repeated.map(({ id }) => id),
  );
  if (other !== undefined) throw trashErrors.occurrence_has_task({ task_id: other });
}

function chunksOf<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, index) =>
    items.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}

/** So that no subtask is in a chunk before that of its parent. */
function parentsFirst(tasks: readonly TrashedThing[]): TrashedThing[] {
  const ids = new Set(tasks.map(({ id }) => id));
  const children = Map.groupBy(tasks, ({ parent_id: id }) => (id !== null && ids.has(id) ? id : null));
  const ordered = [...(children.get(null) ?? [])];
  // Grows while it is walked.
  for (const { id } of ordered) ordered.push(...(children.get(id) ?? []));
  return ordered;
}

function titleTaken(error: unknown, tasks: readonly RestoredTask[]): unknown {
  if (violatedConstraint(error) !== 'task_unique_title') return error;
  const key = titleIn(error);
  const title = tasks.find(({ state }) => titleKey(state.title) === key)?.state.title;
  return trashErrors.title_taken({ title: title ?? key }, { cause: error });
}

function lost(): never {
  throw new Error('Invariant violated: a locked task has left the trash.');
}
