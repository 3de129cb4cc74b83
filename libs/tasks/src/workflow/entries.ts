// Reads what the rules of workflows ask about tasks.
import { isAtLeast, roleOf } from '@mono/auth/contract';
import type { Principal } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { WORKFLOW_ROLES, type WorkflowGuard, type WorkflowRole } from '../../contract/workflow.js';
import { isOpen } from '../domain/occurrence-revision.js';
import { hasGuard, limitOf, type Entry, type WorkflowRules } from '../domain/workflow.js';
import { countOpenSubtasks, countStatuses, type StatusOfList } from '../persistence/workflow-records.js';
import { openBlockers } from '../relations/open-blockers.js';
import type { Arrival } from './arrival.js';

type Counted = Pick<Entry, 'openSubtasks' | 'openBlockers'>;

/** Facts about the tasks and statuses that the rules of these workflows ask for. */
export class Entries {
  private constructor(
    private readonly roles: readonly WorkflowRole[],
    private readonly subtasks: Map<string, number>,
    private readonly blockers: ReadonlyMap<string, number>,
    private readonly counts: Map<string, number>,
  ) {}

  /** @param arrivals to lists that have one of the workflows, by the id of the list. */
  static async read(
    on: Executor,
    principal: Principal,
    workflows: ReadonlyMap<string, WorkflowRules>,
    arrivals: readonly Arrival[],
  ): Promise<Entries> {
    const { workspaceId } = principal;
    const limited = new Map<string, StatusOfList>();
    const guarded = (guard: WorkflowGuard): string[] =>
      arrivals.flatMap(({ task_id: id, place, state }) => {
        const workflow = workflows.get(state.list_id);
        return place !== null && workflow && hasGuard(workflow, state.status, guard) ? id : [];
      });
    for (const { state } of arrivals) {
      const workflow = workflows.get(state.list_id);
      if (workflow && limitOf(workflow, state.status) !== undefined) limited.set(keyOf(state), state);
    }
    const counts = limited.size === 0 ? [] : await countStatuses(on, workspaceId, [...limited.values()]);
    return new Entries(
      WORKFLOW_ROLES.filter((role) => isAtLeast(roleOf(principal), role)),
      await countOpenSubtasks(on, workspaceId, guarded('no_open_subtasks')),
      await countOpenBlockers(on, workspaceId, guarded('not_blocked')),
      new Map(counts.map((one) => [keyOf(one), one.tasks])),
    );
  }

  /** The task must not be in the status yet. */
  of({ task_id: id, place, state }: Arrival): Entry {
    const { list_id, status: to, assignee_id, estimated_duration } = state;
    const { openSubtasks, openBlockers } = this.counted(id);
    return {
      list_id,
      from: place?.status ?? 'todo',
      to,
      roles: this.roles,
      assignee_id,
      estimated_duration,
      openSubtasks,
      openBlockers,
      others: this.counts.get(keyOf(state)) ?? 0,
    };
  }

  /** The task has entered. */
  move({ place, state }: Arrival): void {
    if (place) this.add(place, -1);
    this.add(state, 1);
    if (place && isOpen(place) && !isOpen(state)) this.close(state.parent_id);
  }

  private counted(id: string): Counted {
    return { openSubtasks: this.subtasks.get(id) ?? 0, openBlockers: this.blockers.get(id) ?? 0 };
  }

  private close(parentId: string | null): void {
    const known = parentId === null ? undefined : this.subtasks.get(parentId);
    if (parentId !== null && known !== undefined) this.subtasks.set(parentId, known - 1);
  }

  private add(where: StatusOfList, tasks: number): void {
    const known = this.counts.get(keyOf(where));
    if (known !== undefined) this.counts.set(keyOf(where), known + tasks);
  }
}

/** Also of blockers that the caller does not reach. By task, for tasks that have some. */
async function countOpenBlockers(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const blockers = await openBlockers(on, { workspaceId }, ids);
  return new Map([...blockers].map(([id, some]) => [id, some.length]));
}

function keyOf({ list_id: listId, status }: StatusOfList): string {
  return `${listId} ${status}`;
}
