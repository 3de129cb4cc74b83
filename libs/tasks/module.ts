// The door of the tasks module for apps: what it needs and gives.
import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { OutboxRelay, OutboxSignal, type BusConnection, type BusLogger } from '@mono/bus';
import { IdempotencyPruning, integer, type Database, type SettingsOf } from '@mono/platform';
import { TasksApi } from './contract/index.js';
import { DueSoon } from './src/due-soon/due-soon.js';
import { ListsController } from './src/http/lists.controller.js';
import { TagsController } from './src/http/tags.controller.js';
import { TasksController } from './src/http/tasks.controller.js';
import { Initial1763676000000 } from './src/persistence/migrations/1763676000000-initial.js';
import { TasksUseCases } from './src/tasks-use-cases.js';

export const tasksMigrations = [Initial1763676000000];

export const tasksSettings = {
  TASKS_DUE_SOON_LEAD_MINUTES: integer({
    description: 'How long before its due date a task is announced as due soon, in minutes.',
    default: 1_440,
    min: 1,
    max: 43_200,
  }),
  TASKS_DUE_SOON_INTERVAL_SECONDS: integer({
    description: 'How often tasks that are due soon are looked for, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
};

export interface TasksModuleOptions {
  database: Database;
  connection: BusConnection;
  settings: SettingsOf<typeof tasksSettings>;
  /** How long the stream keeps an event. */
  eventAgeMs: number;
  logger: BusLogger;
}

const DUPLICATE_WINDOW_MS = 10 * 60 * 1_000;

/** Starts what runs beside the requests, and stops it before the connections go. */
class Background implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly dueSoon: DueSoon,
    private readonly pruning: IdempotencyPruning,
  ) {}

  onModuleInit(): void {
    this.relay.start();
    this.dueSoon.start();
    this.pruning.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.relay.stop(), this.dueSoon.stop(), this.pruning.stop()]);
  }
}

@Module({})
export class TasksModule {
  static forRoot({ database, connection, settings, eventAgeMs, logger }: TasksModuleOptions): DynamicModule {
    const signal = new OutboxSignal();
    const relay = new OutboxRelay({
      module: 'tasks',
      pool: database.pool,
      connection,
      signal,
      stream: { module: 'tasks', maxAgeMs: eventAgeMs, duplicateWindowMs: DUPLICATE_WINDOW_MS },
      logger,
    });
    const dueSoon = new DueSoon(database, signal, {
      leadMinutes: settings.TASKS_DUE_SOON_LEAD_MINUTES,
      intervalMs: settings.TASKS_DUE_SOON_INTERVAL_SECONDS * 1_000,
      onError: (error) => logger.warn({ err: error }, 'Tasks that are due soon could not be looked for'),
    });
    const pruning = new IdempotencyPruning(database, {
      schema: 'tasks',
      onError: (error) => logger.warn({ err: error }, 'Old idempotency keys could not be pruned'),
    });
    return {
      module: TasksModule,
      controllers: [ListsController, TasksController, TagsController],
      providers: [
        { provide: TasksApi, useValue: new TasksUseCases(database, signal) },
        { provide: OutboxRelay, useValue: relay },
        { provide: Background, useValue: new Background(relay, dueSoon, pruning) },
      ],
      exports: [TasksApi, OutboxRelay],
    };
  }
}

/** For the node's metrics. */
export const TASKS_BY_STATUS = 'SELECT status::text, count(*)::int AS count FROM tasks.task GROUP BY status';
export const OUTBOX_PENDING = 'SELECT count(*)::int AS pending FROM tasks.outbox WHERE published_at IS NULL';
