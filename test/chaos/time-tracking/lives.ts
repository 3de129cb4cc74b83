// Tasks that live: made, moved from status to status, changed in between, and some of them deleted, by tasks' own use cases.
import { randomUUID } from 'node:crypto';
import type { CallContext } from '@mono/contract';
import {
  TASK_STATUSES,
  type ListsClient,
  type TaskPatch,
  type TasksClient,
  type TaskStatus,
} from '@mono/tasks/contract';

type Patch = Pick<TaskPatch, keyof TaskPatch>;

const WORKSPACES = 3;
const LISTS = 4;
/** Tasks that change at the same time. */
const AT_ONCE = 16;
const TITLES = ['Water the plants', 'Mow the lawn', 'Fix the roof', 'Paint the fence'];
const TAGS = [[], ['garden'], ['garden', 'roof'], ['urgent']];
const DURATIONS = [null, 'PT1H', 'PT30M', 'P1D'];
const PEOPLE = [null, randomUUID(), randomUUID()];

interface Workspace {
  context: CallContext;
  lists: string[];
}

export class Lives {
  /** Changes of status so far, creations and deletions included. */
  transitions = 0;
  private begun = 0;

  constructor(
    private readonly tasks: TasksClient & ListsClient,
    private readonly size: { tasks: number; transitionsOfTask: number },
  ) {}

  /** All of them, to their ends. */
  async run(): Promise<void> {
    const workspaces = await Promise.all(Array.from({ length: WORKSPACES }, () => this.newWorkspace()));
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (this.begun < this.size.tasks) {
          this.begun += 1;
          await this.live(any(workspaces), this.begun % 5 === 0);
        }
      }),
    );
  }

  private async newWorkspace(): Promise<Workspace> {
    const principal = { kind: 'api_key', id: randomUUID(), workspaceId: randomUUID(), scopes: ['*'] } as const;
    const context = { principal, requestId: randomUUID() };
    const lists: string[] = [];
    for (let list = 0; list < LISTS; list += 1) {
      const body = await this.tasks.createList({ title: `List ${list}` }, context);
      lists.push(body.id);
    }
    return { context, lists };
  }

  private async live({ context, lists }: Workspace, ends: boolean): Promise<void> {
    const body = await this.tasks.createTask({ ...facts(lists), title: any(TITLES) }, context);
    let { status } = body;
    this.transitions += 1;
    for (let count = ends ? 2 : 1; count < this.size.transitionsOfTask; count += 1) {
      if (count % 3 === 0) await this.tasks.updateTask({ id: body.id, patch: facts(lists) }, context);
      status = otherThan(status);
      await this.tasks.updateTask({ id: body.id, patch: { status } }, { ...context, requestId: randomUUID() });
      this.transitions += 1;
    }
    if (!ends) return;
    await this.tasks.deleteTask({ id: body.id }, context);
    this.transitions += 1;
  }
}

function facts(lists: readonly string[]): Patch {
  return {
    title: any(TITLES),
    list_id: any(lists),
    tags: any(TAGS),
    estimated_duration: any(DURATIONS),
    assignee_id: any(PEOPLE),
  };
}

/** Every other one is `in_progress`. */
function otherThan(status: TaskStatus): TaskStatus {
  return status === 'in_progress' ? any(TASK_STATUSES.filter((other) => other !== status)) : 'in_progress';
}

function any<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T;
}
