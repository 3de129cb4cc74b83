// Stubs of auth and tasks for tests of mails: three users, and one list with tasks.
import { randomUUID } from 'node:crypto';
import { membersOperations, usersOperations } from '@mono/auth/contract';
import { NotFoundError } from '@mono/contract';
import { tasksResources } from '@mono/tasks/contract';

export const WORKSPACE: string = randomUUID();
export const ADA: string = randomUUID();
export const GRACE: string = randomUUID();
export const BOB: string = randomUUID();
const LIST: string = randomUUID();

export interface TaskFacts {
  title: string;
  status: string;
  assignee_id: string | null;
  due_at: string | null;
  due_on: string | null;
}

export class World {
  readonly tasks = new Map<string, TaskFacts>();
  readonly names = new Map([
    [ADA, 'Ada'],
    [GRACE, 'Grace'],
    [BOB, 'Bob'],
  ]);
  members = [ADA];
  zone = 'Europe/Berlin';
  /** Makes requests about users fail. */
  failure: Error | undefined;

  async request(contract: unknown, asked: { ids: string[]; user_id: string }): Promise<object> {
    if (this.failure) throw this.failure;
    if (contract === usersOperations.contact) return this.contact(asked.user_id);
    if (contract === membersOperations.membersAmong) return { user_ids: this.members };
    if (contract === tasksResources.listResources) return { items: [{ id: LIST, title: 'Home' }] };
    if (contract !== tasksResources.taskResources) throw new Error('unexpected request');
    const known = asked.ids.filter((id) => this.tasks.has(id));
    return { items: known.map((id) => Object.assign({ id, list_id: LIST }, this.tasks.get(id))) };
  }

  private contact(userId: string): object {
    const name = this.names.get(userId);
    if (name === undefined) throw new NotFoundError('user', userId);
    return { address: `${name.toLowerCase()}@example.com`, name, timezone: this.zone };
  }
}
