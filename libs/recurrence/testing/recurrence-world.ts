// For tests: the recurrence module and the operations of tasks on one real database, on a bus within the process. Events are
// consumed when the test says so.
import { jest } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MembersClient, workspacesOperations } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import { clientOf, type CallContext, type ClientOf } from '@mono/contract';
import { JobQueues, type Database, type JobQueue } from '@mono/platform';
import { deliverEvent, localBus, nodeForTests } from '@mono/platform/testing';
import { UnavailableError } from '@mono/contract/errors';
import { OccurrencesClient, type Task } from '@mono/tasks/contract';
import { createTasksWorld, insertList, type TasksOperations, type TasksTrash } from '@mono/tasks/testing';
import { DataSource } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import { occurrencesOperations, templatesOperations, type CreateTemplate, type Template } from '../contract/index.js';
import { recurrenceFeature } from '../feature.js';
import { RecurrenceModule } from '../module.js';
import type { OccurrenceRow } from '../src/domain/occurrence.js';
import { Generation } from '../src/generation/generate.js';
import { ScheduledStanding } from '../src/templates/scheduled-standing.js';
import { Purge } from '../src/trash/purge.js';
import { TrashController } from '../src/trash/trash.controller.js';
import type { TemplateRow } from '../src/persistence/templates.store.js';

const operations = { ...templatesOperations, ...occurrencesOperations };

/** An event as it is published. */
export interface PublishedEvent {
  id: string;
  subject: string;
  event: string;
  aggregate_id: string;
  version: number;
  occurred_at: string;
  changes: Record<string, { from: unknown; to: unknown }>;
  origin?: string;
}

export interface RecurrenceWorld {
  database: Database;
  /** Serves the operations of tasks. */
  bus: Bus;
  /** The operations of templates and occurrences. */
  api: ClientOf<typeof operations>;
  trash: TrashController;
  purge: Purge;
  standing: ScheduledStanding;
  tasksTrash: TasksTrash;
  /** The handlers of all of them. */
  controllers: readonly object[];
  tasks: TasksOperations;
  generation: Generation;
  workspace: string;
  list: string;
  context: CallContext;
  /** The zone of every workspace. */
  zone: { name: string };
  /** Hooks of a test that run before a request to tasks. */
  between: { materialise?: () => Promise<void>; revise?: () => Promise<void> };
  /** While true, tasks is unavailable. */
  unavailable: { tasks: boolean };
  /** The templates whose jobs were queued, in order. */
  enqueued: string[];
  /** Users who are in no workspace; all others are in each, since JOINED_AT or the time that is named. */
  strangers: Set<string>;
  joined: Map<string, string>;
  /** Ends a membership in the tasks module. */
  leaveTasks(userId: string, leftAt: string): Promise<void>;
  /** A list more in the workspace. */
  newList(): Promise<string>;
  create(rule: CreateTemplate['rule'], more?: Partial<Fields>): Promise<Template>;
  /** Runs jobs until none is due. */
  work(): Promise<void>;
  /** Consumes the events of the outboxes and runs the jobs that follow, until none is left. */
  deliver(): Promise<void>;
  /** Takes the events out of the outboxes, for the test to consume them later. */
  take(): Promise<PublishedEvent[]>;
  consume(...events: readonly PublishedEvent[]): Promise<void>;
  row(template: Pick<Template, 'series_id'>, key: string): Promise<OccurrenceRow>;
  rows(template: Pick<Template, 'id'>): Promise<OccurrenceRow[]>;
  template(id: string): Promise<TemplateRow>;
  /** Those of a template that are there, in the order of their dates. */
  tasksOf(template: Pick<Template, 'id'>): Promise<Task[]>;
  end(): Promise<void>;
}

type Fields = Pick<CreateTemplate, keyof CreateTemplate>;

/** Jobs that nobody runs. */
class RecordedJobs extends JobQueues {
  constructor(private readonly templates: string[]) {
    super();
  }

  queue<Payload>(): JobQueue<Payload> {
    const add = (_name: string, { template_id: id }: { template_id: string }): Promise<void> => {
      this.templates.push(id);
      return Promise.resolve();
    };
    return { add } as unknown as JobQueue<Payload>;
  }
}

export async function createRecurrenceWorld(): Promise<RecurrenceWorld> {
  const tasksWorld = await createTasksWorld();
  const { database } = tasksWorld;
  const url = (database.dataSource.options as { url: string }).url;
  const migrations = new DataSource({
    type: 'postgres',
    url,
    migrations: [...recurrenceFeature.migrations],
    migrationsTableName: 'migration_of_recurrence',
  });
  await migrations.initialize();
  await migrations.query('CREATE SCHEMA recurrence');
  await migrations.runMigrations();
  await migrations.destroy();

  const workspace = uuidv7();
  const context: CallContext = {
    principal: { kind: 'api_key', id: 'key', workspaceId: workspace, scopes: ['*'] },
    requestId: 'test',
  };
  const unavailable = { tasks: false };
  const between: RecurrenceWorld['between'] = {};
  const zone = { name: 'Europe/Berlin' };
  const tasks = tasksWorld.useCases();
  const known = tasksWorld.occurrences();
  const reached = (): void => {
    if (unavailable.tasks) throw new UnavailableError('Tasks cannot be reached.');
  };
  const occurrences: Pick<OccurrencesClient, 'materialise' | 'revise' | 'inbox'> = {
    materialise: async (caller, input) => {
      reached();
      await between.materialise?.();
      return known.materialise(caller, input);
    },
    revise: async (caller, input) => {
      reached();
      await between.revise?.();
      return known.revise(caller, input);
    },
    inbox: (caller) => known.inbox(caller),
  };
  const enqueued: string[] = [];
  const bus = tasksWorld.bus();
  bus.handle(workspacesOperations.getWorkspace, () => Promise.resolve({ timezone: zone.name }));
  const module = await Test.createTestingModule({
    imports: [
      nodeForTests({ databases: { recurrence: database }, bus, jobs: new RecordedJobs(enqueued) }),
      RecurrenceModule,
    ],
  })
    .overrideProvider(OccurrencesClient)
    .useValue(occurrences)
    .overrideProvider(MembersClient)
    .useValue(tasksWorld.members)
    .compile();
  const controllers = [...module.get(ModulesContainer).values()].flatMap((inside) =>
    [...inside.controllers.values()].map(({ instance }) => instance),
  );
  const api = clientOf(localBus(...controllers), operations);
  const generation = module.get(Generation);

  const world: RecurrenceWorld = {
    database,
    bus,
    api,
    trash: module.get(TrashController),
    purge: module.get(Purge),
    standing: module.get(ScheduledStanding),
    tasksTrash: tasksWorld.trash(),
    controllers,
    tasks,
    generation,
    workspace,
    list: await insertList(database, workspace),
    context,
    zone,
    between,
    unavailable,
    enqueued,
    strangers: tasksWorld.strangers,
    joined: tasksWorld.joined,
    leaveTasks: (userId, leftAt) =>
      tasksWorld.formerMembers().end({ workspaceId: workspace, userId, requestId: 'leaving' }, leftAt),
    newList: () => insertList(database, workspace),
    async create(rule, more = {}) {
      const input = { title: 'Water the plants', list_id: world.list, rule, ...more };
      const { id } = await api.createTemplate(input, context);
      await world.work();
      return api.getTemplate({ id }, context);
    },
    async work() {
      for (;;) {
        // PostgreSQL rounds the column to milliseconds, perhaps up.
        const due = await database.query<{ id: string }>(
          `SELECT id FROM recurrence.template WHERE next_run_at <= now() + interval '1 millisecond'`,
        );
        if (due.length === 0) return;
        for (const { id } of due) await generation.generate(id, { requestId: 'job' });
      }
    },
    async deliver() {
      for (let events = await world.take(); events.length > 0; events = await world.take()) {
        await world.consume(...events);
        for (const id of enqueued.splice(0)) await generation.generate(id, { requestId: 'job' });
        await world.work();
      }
    },
    async take() {
      const taken: PublishedEvent[] = [];
      for (const schema of ['tasks', 'recurrence']) {
        const rows = await database.query<PublishedEvent & { payload: object }>(
          `WITH taken AS (UPDATE ${schema}.outbox SET published_at = now() WHERE published_at IS NULL RETURNING *)
           SELECT seq, event_id AS id, subject, version, occurred_at, payload FROM taken ORDER BY seq`,
        );
        taken.push(...rows.map(({ payload, ...row }) => Object.assign({}, payload, row)));
      }
      return taken;
    },
    async consume(...events) {
      for (const event of events) await deliverEvent(module, event);
    },
    async row({ series_id }, key) {
      const [row] = await database.query<OccurrenceRow>(
        'SELECT * FROM recurrence.occurrence WHERE series_id = $1 AND original_start = $2',
        [series_id, key],
      );
      if (!row) throw new Error(`There is no occurrence ${key}.`);
      return row;
    },
    rows: ({ id }) =>
      database.query<OccurrenceRow>(
        'SELECT * FROM recurrence.occurrence WHERE template_id = $1 ORDER BY original_start',
        [id],
      ),
    async template(id) {
      const [row] = await database.query<TemplateRow>('SELECT * FROM recurrence.template WHERE id = $1', [id]);
      if (!row) throw new Error(`There is no template ${id}.`);
      return row;
    },
    async tasksOf({ id }) {
      const rows = await database.query<{ id: string }>(
        'SELECT id FROM tasks.task WHERE template_id = $1 ORDER BY original_start, id',
        [id],
      );
      const found: Task[] = [];
      for (const row of rows) found.push(await tasks.getTask({ id: row.id }, context));
      return found;
    },
    end: () => tasksWorld.end(),
  };
  return world;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Local, so many days after today in UTC, at that time of day. */
export function dayAt(days: number, time: string): string {
  return `${dayFrom(days)}T${time}`;
}

/** So many days after today in UTC. */
export function dayFrom(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

const TIMERS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;
const OTHERS = ['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const;

/** From now on it is so many days later for this process, until `jest.useRealTimers()`; not for the database. */
export function passDays(days: number): void {
  jest.useFakeTimers({ now: Date.now() + days * DAY_MS, doNotFake: [...TIMERS, ...OTHERS] });
}
