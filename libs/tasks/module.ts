// The tasks module where it runs: use cases, handlers, and what runs beside them.
import { type DynamicModule, Module } from '@nestjs/common';
import { MembersBusClient } from '@mono/auth/contract';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Background,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  pruneIdempotency,
  ZoneChanges,
} from '@mono/platform';
import { OccurrencesApi, TasksApi, TransitionsApi } from './contract/index.js';
import { tasksControllers, tasksEdge } from './edge.js';
import { hearOfAccounts } from './src/bus/account-events.js';
import { unassignLeavers } from './src/bus/leavers.js';
import { ListsHandlers } from './src/bus/lists.handlers.js';
import { OccurrencesHandlers } from './src/bus/occurrences.handlers.js';
import { hearOfTimeTracking } from './src/bus/time-tracking-events.js';
import { TagsHandlers } from './src/bus/tags.handlers.js';
import { TasksHandlers } from './src/bus/tasks.handlers.js';
import { TransitionsHandlers } from './src/bus/transitions.handlers.js';
import { tellDueSoon } from './src/due-soon/due-soon.js';
import { dueZones, moveDueDays } from './src/due-soon/move-due-days.js';
import { EraseWorkspace } from './src/lists/erase-workspace.js';
import { OccurrencesUseCases } from './src/occurrences/occurrences-use-cases.js';
import { retryDeadlocks } from './src/persistence/retry-deadlocks.js';
import { watchTasks } from './src/persistence/watch-tasks.js';
import { tasksMigrations } from './src/persistence/tasks-migrations.js';
import { TasksUseCases } from './src/tasks-use-cases.js';
import { leaversOf } from './src/tasks/unassign-leavers.js';
import { TransitionsUseCases } from './src/transitions/transitions-use-cases.js';

type Parts = FeatureParts<typeof tasksEdge.settings>;

@Module({})
class TasksModule {}

export const tasksModule: FeatureModule<typeof tasksEdge.settings> = {
  edge: tasksEdge,
  migrations: tasksMigrations,
  create(parts) {
    const { database, bus, metrics } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay('tasks', parts, signal);
    watchTasks(metrics, database);
    hearOfAccounts(bus, new EraseWorkspace(retryDeadlocks(database), signal));
    hearOfTimeTracking(bus, database);
    const members = new MembersBusClient(bus);
    unassignLeavers(bus, leaversOf(database, signal, members));
    const pruning = makePruning(parts, 'Old idempotency keys', () => pruneIdempotency(database, 'tasks'));
    return {
      module: TasksModule,
      controllers: [
        ...tasksControllers,
        ListsHandlers,
        TasksHandlers,
        TagsHandlers,
        OccurrencesHandlers,
        TransitionsHandlers,
      ],
      providers: [
        { provide: TasksApi, useValue: new TasksUseCases(database, signal, members) },
        { provide: OccurrencesApi, useValue: new OccurrencesUseCases(database, signal, members) },
        { provide: TransitionsApi, useValue: new TransitionsUseCases(database) },
        {
          provide: Background,
          useValue: new Background([relay, makeDueSoon(parts, signal), makeZoneChanges(parts, signal), pruning]),
        },
      ],
      exports: [TasksApi],
    } satisfies DynamicModule;
  },
};

function makeZoneChanges({ database, logger }: Parts, signal: OutboxSignal): Periodic {
  const changes = new ZoneChanges({
    database: retryDeadlocks(database),
    schema: 'tasks',
    zonesInUse: dueZones,
    move: moveDueDays,
    onMoved: () => signal.wake(),
    logger,
  });
  return changes.periodic();
}

function makeDueSoon({ database, settings, logger }: Parts, signal: OutboxSignal): Periodic {
  return new Periodic(() => tellDueSoon(database, signal, settings.TASKS_DUE_SOON_LEAD_MINUTES), {
    intervalMs: settings.TASKS_DUE_SOON_INTERVAL_SECONDS * 1_000,
    onError: (error) => logger.warn({ err: error }, 'Tasks that are due soon could not be looked for'),
  });
}
