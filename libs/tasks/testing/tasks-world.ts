// For tests: a migrated database of the tasks module, and rows put there as they are, without use cases.
import type { MembersClient } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { clientOf, type ClientOf } from '@mono/contract';
import { Database, RetryingDatabase, type TransactionalExecutor } from '@mono/platform';
import { localBus } from '@mono/platform/testing';
import { DataSource } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import {
  listsOperations,
  OccurrencesClient,
  tagsOperations,
  tasksOperations,
  transitionsOperations,
  type TaskPriority,
  type TaskQuery,
  type TaskStatus,
  type TransitionsClient,
} from '../contract/index.js';
import { BatchOperations } from '../src/batch/batch-tasks.js';
import { FindTags } from '../src/find-tasks/find-tags.js';
import { FindTasks } from '../src/find-tasks/find-tasks.js';
import { EmptyList } from '../src/lists/empty-list.js';
import { FindLists } from '../src/lists/find-lists.js';
import { Inbox } from '../src/lists/inbox.js';
import { ListsController } from '../src/lists/lists.controller.js';
import { OccurrencesController } from '../src/occurrences/occurrences.controller.js';
import { tasksMigrations } from '../src/persistence/tasks-migrations.js';
import { TagsController } from '../src/tags/tags.controller.js';
import { Assignees, type AssigningContext } from '../src/tasks/assignees.js';
import { TasksController } from '../src/tasks/tasks.controller.js';
import { Leavers } from '../src/tasks/unassign-leavers.js';
import { TransitionsController } from '../src/transitions/transitions.controller.js';

const operations = { ...tasksOperations, ...listsOperations, ...tagsOperations };
/** The operations of tasks, lists and tags. */
export type TasksOperations = ClientOf<typeof operations>;

/** Of those who are members from the beginning. */
export const JOINED_AT = '2026-01-01T00:00:00.000Z';

/** The filters as plain data. */
export type Query = Pick<TaskQuery, keyof TaskQuery>;

export interface TaskSeed {
  id: string;
  workspace_id: string;
  list_id: string;
  parent_id: string | null;
  title: string;
  title_key: string;
  description: string | null;
  status: TaskStatus;
  priority: TaskPriority;
  tags: string[];
  assignee_id: string | null;
  position: string;
  due_instant: string | null;
  template_id: string | null;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface TasksWorld {
  database: Database;
  /** Users who are in no workspace; all others are in each. */
  strangers: Set<string>;
  /** When they joined: those who are not in it, at JOINED_AT. */
  joined: Map<string, string>;
  members: Pick<MembersClient, 'memberships'>;
  /** A node of the module, with an Inbox that it has yet to find. */
  bus(): Bus;
  useCases(): TasksOperations;
  occurrences(): OccurrencesClient;
  transitions(): TransitionsClient;
  leavers(): Leavers;
  end(): Promise<void>;
}

export async function createTasksWorld(): Promise<TasksWorld> {
  const place = await createTestDatabase();
  const source = new DataSource({
    type: 'postgres',
    url: place.url,
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
  });
  const end = async () => {
    if (source.isInitialized) await source.destroy();
    await place.drop();
  };
  try {
    const database = new Database(await source.initialize());
    await database.query('CREATE SCHEMA tasks');
    await source.runMigrations();
    const strangers = new Set<string>();
    const joined = new Map<string, string>();
    const members: TasksWorld['members'] = {
      memberships: (_workspace, ids) =>
        Promise.resolve(
          ids
            .filter((id) => !strangers.has(id))
            .map((user_id) => ({ user_id, joined_at: joined.get(user_id) ?? JOINED_AT })),
        ),
    };
    const bus = (): Bus => localBus(...tasksControllers(database, members));
    return {
      database,
      strangers,
      joined,
      members,
      bus,
      useCases: () => clientOf(bus(), operations),
      occurrences: () => new OccurrencesClient(bus()),
      transitions: () => clientOf(bus(), transitionsOperations),
      leavers: () => new Leavers(new RetryingDatabase(database), new OutboxSignal(), members),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The operations of tasks, lists and tags on a database. */
export function tasksOperationsOf(
  on: TransactionalExecutor,
  members: Pick<MembersClient, 'memberships'>,
): TasksOperations {
  return clientOf(localBus(...tasksControllers(on, members)), operations);
}

/** The controllers of the module, as they run on a node. */
export function tasksControllers(on: TransactionalExecutor, members: Pick<MembersClient, 'memberships'>): object[] {
  const database = on as Database;
  const writes = new RetryingDatabase(on);
  const signal = new OutboxSignal();
  const assignees = new Assignees(members);
  const leavers = new Leavers(writes, signal, members);
  const inbox = new Inbox();
  const tasks = new FindTasks(database);
  const batch = new BatchOperations(inbox);
  return [
    new TasksController(database, writes, signal, assignees, leavers, inbox, batch, tasks),
    new ListsController(writes, signal, new EmptyList(), new FindLists(database), tasks),
    new TagsController(writes, signal, new FindTags(database)),
    new OccurrencesController(writes, signal, assignees, leavers, inbox),
    new TransitionsController(database),
  ];
}

export function contextOf(workspaceId: string): AssigningContext {
  const principal = { kind: 'api_key', id: 'key', workspaceId, scopes: ['*'] } as const;
  return { principal, requestId: 'test', strangers: new Set() };
}

export async function insertList(database: Database, workspaceId: string, id: string = uuidv7()): Promise<string> {
  await database.query(
    `INSERT INTO tasks.list (id, workspace_id, title, created_at, updated_at) VALUES ($1, $2, 'List', now(), now())`,
    [id, workspaceId],
  );
  return id;
}

/** A plain task with what is given; everything else at its simplest. */
export function taskSeed(given: Partial<TaskSeed> & { workspace_id: string; list_id: string }): TaskSeed {
  const id = given.id ?? uuidv7();
  const title = given.title ?? 'Task';
  return {
    id,
    parent_id: null,
    title,
    title_key: title.trim().normalize('NFC').toLowerCase(),
    description: null,
    status: 'todo',
    priority: 'medium',
    tags: [],
    assignee_id: null,
    position: id.replaceAll('-', ''),
    due_instant: null,
    template_id: null,
    completed_at: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    ...given,
  };
}

const COLUMNS =
  'id, workspace_id, list_id, parent_id, title, title_key, description, status, priority, tags, assignee_id, position, due_at, due_instant, template_id, completed_at, created_at, updated_at';

export async function insertTasks(database: Database, tasks: readonly TaskSeed[]): Promise<void> {
  const rows = tasks.map((task) => ({ ...task, due_at: task.due_instant }));
  await database.query(
    `INSERT INTO tasks.task (${COLUMNS}) SELECT ${COLUMNS} FROM json_populate_recordset(NULL::tasks.task, $1::json)`,
    [JSON.stringify(rows)],
  );
}
