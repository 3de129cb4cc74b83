// npx mono seed: creates a demo workspace with a few people, a few hundred tasks, templates and the time entries of three weeks
// through the API of a running instance.
import { randomBytes } from 'node:crypto';
import { resolve, join } from 'node:path';
import { createUser } from '@mono/auth/module';
import { type Database } from '@mono/platform';
import { Instances } from '@mono/embedded';
import { DEMO_PEOPLE, demoLists, demoTemplates, type DemoTask } from './demo-tasks.js';
import { demoEntries } from './demo-time.js';
import { makeApiKeyIn, makeWorkspace } from './tenants.js';

type Say = (line: string) => void;

const BATCH = 100;

export interface SeedOptions {
  /** The URL of the instance. Default: an instance of this data directory. */
  url?: string;
}

/** @throws Error if no instance runs. */
export async function seed(
  database: Database,
  {
    dataDirectory,
    environment,
    url = livingUrl(dataDirectory),
  }: SeedOptions & { dataDirectory: string; environment: string },
  say: Say,
): Promise<void> {
  if (url === undefined) throw new Error('No instance runs here: start one, or pass --url.');
  const workspace = await makeWorkspace(database, { name: 'Demo', timezone: 'Europe/Berlin' });
  const key = await makeApiKeyIn(database, environment, workspace.id, { name: 'Demo', scopes: ['*'] });
  const { people, password } = await createUsers(database, workspace.id);
  const api = new Api(url, key);
  const today = new Date();
  const lists = demoLists(today);
  const made = new Map<string, FilledList>();
  const personIds = people.map(({ id }) => id);
  for (const { title, color, icon, tasks } of lists) {
    const { id } = await api.post<{ id: string }>('/v1/lists', { title, color, icon });
    made.set(title, await fill(api, id, tasks, personIds));
  }
  const templates = demoTemplates(today);
  for (const { list, ...template } of templates) {
    await api.post('/v1/templates', { ...template, list_id: made.get(list)?.id });
  }
  const entries = demoEntries(lists, today);
  for (const { list, task, person, ...entry } of entries) {
    const task_id = made.get(list)?.taskIds[task];
    await api.post('/v1/time/entries', { ...entry, task_id, user_id: personIds[person] });
  }
  const tasks = [...made.values()].reduce((total, { count }) => total + count, 0);
  say(
    `Workspace Demo (${workspace.id}) with ${tasks} tasks, ${templates.length} templates and ${entries.length} time entries at ${url}`,
  );
  say(key);
  for (const { email, role } of people) say(`${email} (${role}), password: ${password}`);
  say('(shown only once: store them)');
}

interface DemoPerson {
  id: string;
  email: string;
  role: string;
}

/** Creates users who can sign in, all with the same password. Their addresses are reserved (RFC 2606). */
async function createUsers(
  database: Database,
  workspaceId: string,
): Promise<{ people: DemoPerson[]; password: string }> {
  const password = randomBytes(15).toString('base64url');
  const tag = randomBytes(3).toString('hex');
  const people: DemoPerson[] = [];
  for (const { name, role } of DEMO_PEOPLE) {
    const email = `${name.split(' ')[0]?.toLowerCase()}.${tag}@demo.example`;
    const { id } = await createUser(database, { email, name, role, password, workspace_id: workspaceId });
    people.push({ id, email, role });
  }
  return { people, password };
}

interface FilledList {
  id: string;
  /** The ids of the tasks in their order, without subtasks. */
  taskIds: string[];
  /** The number of all tasks. */
  count: number;
}

async function fill(
  api: Api,
  listId: string,
  tasks: readonly DemoTask[],
  people: readonly string[],
): Promise<FilledList> {
  const parents = await api.createTasks(
    tasks.map(({ subtasks: _subtasks, assignee, ...task }) => ({
      ...task,
      list_id: listId,
      ...(assignee !== undefined && { assignee_id: people[assignee] }),
    })),
  );
  const below = tasks.flatMap(({ subtasks }, place) =>
    subtasks.map((title) => ({ title, list_id: listId, parent_id: parents[place] })),
  );
  const children = await api.createTasks(below);
  return { id: listId, taskIds: parents, count: parents.length + children.length };
}

class Api {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** @returns their ids. */
  async createTasks(tasks: readonly object[]): Promise<string[]> {
    const ids: string[] = [];
    for (let at = 0; at < tasks.length; at += BATCH) {
      const operations = tasks.slice(at, at + BATCH).map((task) => ({ op: 'create', task }));
      const { results } = await this.post<{ results: { id: string }[] }>('/v1/tasks/batch', { operations });
      ids.push(...results.map(({ id }) => id));
    }
    return ids;
  }

  async post<Answer>(path: string, body: object): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} failed with ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

function livingUrl(dataDirectory: string): string | undefined {
  const instances = new Instances(join(resolve(dataDirectory), 'instances')).living();
  return instances.find(({ url }) => url !== '')?.url;
}
