// For tests: a migrated database of the tasks module, and rows put there as they are, without use cases.
import { MembersClient } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import { clientOf, type ClientOf } from '@mono/contract';
import { Database, type TransactionalExecutor } from '@mono/platform';
import { controllersOf, localBus, nodeForTests } from '@mono/platform/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { uuidv7 } from 'uuidv7';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import {
  filtersOperations,
  listsOperations,
  OccurrencesClient,
  relationsOperations,
  tagsOperations,
  taskActionsOperations,
  tasksOperations,
  tasksTrashOperations,
  todayOperations,
  transitionsOperations,
  workflowOperations,
  type TaskPriority,
  type TaskQuery,
  type TaskStatus,
  type TransitionsClient,
} from '../contract/index.js';
import { TasksModule } from '../module.js';
import { FormerMembers } from '../src/tasks/former-members.js';
import { tasksMigrations } from '../src/persistence/tasks-migrations.js';
import type { AssigningContext } from '../src/tasks/assignees.js';

const operations = {
  ...tasksOperations,
  ...taskActionsOperations,
  ...listsOperations,
  ...tagsOperations,
  ...relationsOperations,
  ...workflowOperations,
  ...todayOperations,
  ...filtersOperations,
};
/** The operations of tasks, lists, tags, relations, workflows and filters. */
export type TasksOperations = ClientOf<typeof operations>;

export type TasksTrash = ClientOf<typeof tasksTrashOperations>;

/** When the members of the beginning joined. */
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
  members: Pick<MembersClient, 'memberships' | 'names'>;
  /** A node of the module. */
  node: TestingModule;
  /** Serves the operations of the node. */
  bus(): Bus;
  useCases(): TasksOperations;
  occurrences(): OccurrencesClient;
  transitions(): TransitionsClient;
  trash(): TasksTrash;
  formerMembers(): FormerMembers;
  end(): Promise<void>;
}

export async function createTasksWorld(): Promise<TasksWorld> {
  const place = await createTestDatabase();
  let opened: Database | undefined;
  const end = async () => {
    await opened?.dataSource.destroy();
    await place.drop();
  };
  try {
    const database = await Database.open({
      url: place.url,
      migrations: tasksMigrations,
      migrationsTableName: 'migration',
      migrationsTransactionMode: 'each',
    });
    opened = database;
    await database.query('CREATE SCHEMA tasks');
    await database.dataSource.runMigrations();
    const strangers = new Set<string>();
    const joined = new Map<string, string>();
    const members: TasksWorld['members'] = {
      memberships: (_workspace, ids) =>
        Promise.resolve(
          ids
            .filter((id) => !strangers.has(id))
            .map((user_id) => ({ user_id, joined_at: joined.get(user_id) ?? JOINED_AT })),
        ),
      names: (_workspace, ids) =>
        Promise.resolve(new Map(ids.filter((id) => !strangers.has(id)).map((id) => [id, `Name of ${id}`]))),
    };
    const node = await createTasksNode(database, members);
    const bus = (): Bus => localBus(...controllersOf(node));
    return {
      database,
      strangers,
      joined,
      members,
      node,
      formerMembers: () => node.get(FormerMembers),
      bus,
      useCases: () => tasksOperationsOf(node),
      occurrences: () => new OccurrencesClient(bus()),
      transitions: () => clientOf(bus(), transitionsOperations),
      trash: () => tasksTrashOf(node),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A node of the module. @param on its database, or what stands before it. @param bus of a real node. */
export function createTasksNode(
  on: TransactionalExecutor,
  members: Pick<MembersClient, 'memberships'>,
  bus?: Bus,
): Promise<TestingModule> {
  const onBus = bus && { bus, connection: bus.host.connection };
  return Test.createTestingModule({
    imports: [nodeForTests({ databases: { tasks: on as Database }, ...onBus }), TasksModule],
  })
    .overrideProvider(MembersClient)
    .useValue(members)
    .compile();
}

/** The operations of the API on a node. */
export function tasksOperationsOf(node: TestingModule): TasksOperations {
  return clientOf(localBus(...controllersOf(node)), operations);
}

export function tasksTrashOf(node: TestingModule): TasksTrash {
  return clientOf(localBus(...controllersOf(node)), tasksTrashOperations);
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
