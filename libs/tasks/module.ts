// The tasks module where it runs: use cases, handlers, and what runs beside them.
import { type DynamicModule, Module } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Background,
  Database,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  pruneIdempotency,
  RetryingDatabase,
  ZoneChanges,
} from '@mono/platform';
import { tasksEdge } from './edge.js';
import { hearOfAccounts } from './src/bus/account-events.js';
import { unassignLeavers } from './src/bus/leavers.js';
import { hearOfTimeTracking } from './src/bus/time-tracking-events.js';
import { BatchOperations } from './src/batch/batch-tasks.js';
import { tellDueSoon } from './src/due-soon/due-soon.js';
import { dueZones, moveDueDays } from './src/due-soon/move-due-days.js';
import { FindTags } from './src/find-tasks/find-tags.js';
import { FindTasks } from './src/find-tasks/find-tasks.js';
import { EmptyList } from './src/lists/empty-list.js';
import { FindLists } from './src/lists/find-lists.js';
import { Inbox } from './src/lists/inbox.js';
import { ListsController } from './src/lists/lists.controller.js';
import { TagsController } from './src/tags/tags.controller.js';
import { EraseWorkspace } from './src/lists/erase-workspace.js';
import { OccurrencesController } from './src/occurrences/occurrences.controller.js';
import { watchTasks } from './src/persistence/watch-tasks.js';
import { tasksMigrations } from './src/persistence/tasks-migrations.js';
import { Assignees } from './src/tasks/assignees.js';
import { TasksController } from './src/tasks/tasks.controller.js';
import { Leavers } from './src/tasks/unassign-leavers.js';
import { TransitionsController } from './src/transitions/transitions.controller.js';

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
    const writes = new RetryingDatabase(database);
    hearOfAccounts(bus, new EraseWorkspace(writes, signal, new EmptyList()));
    hearOfTimeTracking(bus, database);
    const members = new MembersClient(bus);
    unassignLeavers(bus, new Leavers(writes, signal, members));
    const pruning = makePruning(parts, 'Old idempotency keys', () => pruneIdempotency(database, 'tasks'));
    return {
      module: TasksModule,
      controllers: [TasksController, ListsController, TagsController, OccurrencesController, TransitionsController],
      providers: [
        { provide: Database, useValue: database },
        { provide: OutboxSignal, useValue: signal },
        { provide: MembersClient, useFactory: (on: Bus) => new MembersClient(on), inject: [Bus] },
        RetryingDatabase,
        Assignees,
        BatchOperations,
        EmptyList,
        FindLists,
        FindTags,
        FindTasks,
        Inbox,
        Leavers,
        {
          provide: Background,
          useValue: new Background([relay, makeDueSoon(parts, signal), makeZoneChanges(parts, signal), pruning]),
        },
      ],
    } satisfies DynamicModule;
  },
};

function makeZoneChanges({ database, logger }: Parts, signal: OutboxSignal): Periodic {
  const changes = new ZoneChanges({
    database: new RetryingDatabase(database),
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
