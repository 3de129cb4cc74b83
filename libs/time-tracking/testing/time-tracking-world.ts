// For tests: the time-tracking module on a real database that it shares with tasks' own use cases. The bus is
// within the process, and events are delivered when a test says so.
import { Test } from '@nestjs/testing';
import { MembersClient } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { clientOf, type CallContext, type ClientOf } from '@mono/contract';
import { callContextOf, type Database } from '@mono/platform';
import { controllersOf, deliverEvent, nodeForTests, serve } from '@mono/platform/testing';
import type { CreateTask, Task, TransitionsClient } from '@mono/tasks/contract';
import { createTasksWorld, insertList, type TasksOperations, type TasksTrash } from '@mono/tasks/testing';
import { DataSource } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import {
  entriesOperations,
  historyOperations,
  reportRows,
  timerOperations,
  timeSettingsOperations,
  type ReportRowsQuery,
  type TimeTrackingEvent,
} from '../contract/index.js';
import { TimeTrackingModule } from '../module.js';
import { timeTrackingMigrations } from '../src/persistence/time-tracking-migrations.js';
import { Names } from '../src/reports/names.js';
import { ReportsController } from '../src/reports/reports.controller.js';

/** An event as it is published. */
export interface Told {
  id: string;
  subject: string;
  event: string;
  aggregate_id: string;
  version: number;
  occurred_at: string;
  request_id: string;
  changes: Record<string, { from: unknown; to: unknown }>;
}

const operations = { ...entriesOperations, ...timerOperations, ...timeSettingsOperations };

export interface TimeTrackingWorld {
  database: Database;
  /** A node of the module and of tasks. */
  bus: Bus;
  history: ClientOf<typeof historyOperations>;
  /** The operations of entries, timers and settings. */
  entries: ClientOf<typeof operations>;
  /** It serves the bus, so a spy on `reportRows` takes effect there. */
  reports: ReportsController;
  tasks: TasksOperations;
  trash: TasksTrash;
  log: TransitionsClient;
  signal: OutboxSignal;
  workspace: string;
  list: string;
  /** A key with all rights in the workspace. */
  context: CallContext;
  /** A user of the workspace; a member, or with another role. */
  user(role?: 'owner' | 'admin' | 'member' | 'viewer'): CallContext;
  /** Users who are in no workspace; all others are in each. */
  strangers: Set<string>;
  /** The names of users. */
  names: Map<string, string>;
  /** As the module asks for names. */
  namesOfIds: Names;
  /** A list more in the workspace. */
  newList(): Promise<string>;
  /** Made by tasks' own use cases; its event waits. */
  newTask(fields?: Partial<CreateTask>): Promise<Task>;
  /** Takes the waiting events of an outbox, for the test to deliver them. */
  take(schema?: 'tasks' | 'time_tracking'): Promise<Told[]>;
  /** Delivered one after the other, as they are given. */
  consume(...events: readonly Told[]): Promise<void>;
  /** Delivered all at once. */
  consumeTogether(events: readonly Told[]): Promise<void>;
  /** Delivers the waiting events of tasks. */
  deliver(): Promise<void>;
  /** Takes the waiting events of this module. */
  told(): Promise<TimeTrackingEvent[]>;
  end(): Promise<void>;
}

export async function createTimeTrackingWorld(): Promise<TimeTrackingWorld> {
  const tasksWorld = await createTasksWorld();
  const { database } = tasksWorld;
  const url = (database.dataSource.options as { url: string }).url;
  const migrations = new DataSource({
    type: 'postgres',
    url,
    migrations: timeTrackingMigrations,
    migrationsTableName: 'migration_of_time_tracking',
  });
  await migrations.initialize();
  await migrations.query('CREATE SCHEMA time_tracking');
  await migrations.runMigrations();
  await migrations.destroy();

  const workspace = uuidv7();
  const context: CallContext = {
    principal: { kind: 'api_key', id: uuidv7(), workspaceId: workspace, scopes: ['*'] },
    requestId: 'test',
    source: '127.0.0.1',
  };
  const tasks = tasksWorld.useCases();
  const { strangers } = tasksWorld;
  const names = new Map<string, string>();
  const members = {
    names: (_workspace: string, ids: readonly string[]) =>
      Promise.resolve(new Map(ids.flatMap((id) => (names.has(id) ? [[id, names.get(id)] as const] : [])))),
    membersAmong: (_workspace: string, ids: readonly string[]) =>
      Promise.resolve(ids.filter((id) => !strangers.has(id))),
  };
  const bus = tasksWorld.bus();
  const node = await Test.createTestingModule({
    imports: [nodeForTests({ databases: { 'time-tracking': database }, bus }), TimeTrackingModule],
  })
    .overrideProvider(MembersClient)
    .useValue(members)
    .compile();
  for (const controller of controllersOf(node)) serve(bus, controller);
  const reports = node.get(ReportsController);
  bus.handle(reportRows, (query, call) => reports.reportRows(query as ReportRowsQuery, callContextOf(call)));

  const world: TimeTrackingWorld = {
    database,
    bus,
    history: clientOf(bus, historyOperations),
    entries: clientOf(bus, operations),
    reports,
    tasks,
    trash: tasksWorld.trash(),
    log: tasksWorld.transitions(),
    signal: node.get(OutboxSignal, { strict: false }),
    workspace,
    strangers,
    names,
    namesOfIds: node.get(Names),
    list: await insertList(database, workspace),
    context,
    user: (role = 'member') => ({
      principal: {
        kind: 'user',
        id: uuidv7(),
        workspaceId: workspace,
        role,
        scopes:
          role === 'viewer'
            ? ['tasks:read', 'time:read']
            : role === 'member'
              ? ['tasks:read', 'time:read', 'tasks:write', 'time:write']
              : ['*'],
      },
      requestId: 'test',
      source: '127.0.0.1',
    }),
    newList: () => insertList(database, workspace),
    newTask: (fields = {}) => tasks.createTask({ title: 'Water the plants', list_id: world.list, ...fields }, context),
    async take(schema = 'tasks') {
      const rows = await database.query<Told & { payload: object }>(
        `WITH taken AS (UPDATE ${schema}.outbox SET published_at = now() WHERE published_at IS NULL RETURNING *)
         SELECT event_id AS id, subject, version, occurred_at, payload FROM taken ORDER BY seq`,
      );
      return rows.map(({ payload, ...row }) => Object.assign({}, payload, row));
    },
    async consume(...events) {
      for (const event of events) await deliverEvent(node, event);
    },
    async consumeTogether(events) {
      await Promise.all(events.map((event) => world.consume(event)));
    },
    async deliver() {
      await world.consumeTogether(await world.take());
    },
    async told() {
      return (await world.take('time_tracking')) as unknown as TimeTrackingEvent[];
    },
    end: () => tasksWorld.end(),
  };
  return world;
}
