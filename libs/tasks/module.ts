// The tasks module where it runs.
import { Module } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { ConfigModule, DatabaseModule, OutboxModule, RetryingDatabase } from '@mono/platform';
import { BatchOperations } from './src/batch/batch-tasks.js';
import { BulkChanges } from './src/bulk/bulk-changes.js';
import { BulkController } from './src/bulk/bulk.controller.js';
import { TaskActionsController } from './src/actions/task-actions.controller.js';
import { DueTasks } from './src/due-soon/due-tasks.js';
import { FindTags } from './src/find-tasks/find-tags.js';
import { DatedTasksController } from './src/find-tasks/dated-tasks.controller.js';
import { FiltersController } from './src/find-tasks/filters.controller.js';
import { FindTasks } from './src/find-tasks/find-tasks.js';
import { ReadFilter } from './src/find-tasks/read-filter.js';
import { AccountsConsumer } from './src/lists/accounts.consumer.js';
import { EmptyList } from './src/lists/empty-list.js';
import { EraseWorkspace } from './src/lists/erase-workspace.js';
import { FindLists } from './src/lists/find-lists.js';
import { Includes } from './src/includes/includes.js';
import { Inbox } from './src/lists/inbox.js';
import { FavoritesController } from './src/lists/favorites.controller.js';
import { ListsController } from './src/lists/lists.controller.js';
import { OccurrencesController } from './src/occurrences/occurrences.controller.js';
import { TaskMetrics } from './src/persistence/task-metrics.js';
import { RelationsController } from './src/relations/relations.controller.js';
import { TagsController } from './src/tags/tags.controller.js';
import { ResourcesController } from './src/resources/resources.controller.js';
import { FilterMatchesController } from './src/saved-filters/filter-matches.controller.js';
import { FiltersOfCallers } from './src/saved-filters/filters-of-callers.js';
import { KnownTasks } from './src/saved-filters/known-tasks.js';
import { FilterEvents } from './src/saved-filters/filter-events.js';
import { PersonalFilters } from './src/saved-filters/personal-filters.js';
import { FindMatches } from './src/search/find-matches.js';
import { SearchController } from './src/search/search.controller.js';
import { SearchOwners } from './src/search/search-owners.js';
import { SavedFilterStore } from './src/saved-filters/saved-filter.store.js';
import { SavedFiltersController } from './src/saved-filters/saved-filters.controller.js';
import { SavedFilters } from './src/saved-filters/saved-filters.js';
import { tasksConfig } from './src/tasks.config.js';
import { Assignees } from './src/tasks/assignees.js';
import { FormerMembers } from './src/tasks/former-members.js';
import { MembersConsumer } from './src/tasks/members.consumer.js';
import { TasksController } from './src/tasks/tasks.controller.js';
import { TimeTrackingConsumer } from './src/tasks/time-tracking.consumer.js';
import { TodayController } from './src/today/today.controller.js';
import { FindTrash } from './src/trash/find-trash.js';
import { Purge } from './src/trash/purge.js';
import { Restore } from './src/trash/restore.js';
import { TrashController } from './src/trash/trash.controller.js';
import { TransitionsController } from './src/transitions/transitions.controller.js';
import { WorkflowController } from './src/workflow/workflow.controller.js';

@Module({
  imports: [
    ConfigModule.forFeature(tasksConfig),
    DatabaseModule.forFeature({ module: 'tasks', idempotency: true }),
    OutboxModule.forFeature({ module: 'tasks' }),
  ],
  controllers: [
    TasksController,
    TaskActionsController,
    BulkController,
    ListsController,
    FavoritesController,
    TagsController,
    RelationsController,
    FiltersController,
    SavedFiltersController,
    FilterMatchesController,
    OccurrencesController,
    DatedTasksController,
    TransitionsController,
    TrashController,
    ResourcesController,
    WorkflowController,
    TodayController,
    SearchController,
    AccountsConsumer,
    MembersConsumer,
    TimeTrackingConsumer,
  ],
  providers: [
    { provide: MembersClient, inject: [Bus], useFactory: (bus: Bus) => new MembersClient(bus) },
    RetryingDatabase,
    Assignees,
    BatchOperations,
    BulkChanges,
    DueTasks,
    EmptyList,
    EraseWorkspace,
    FilterEvents,
    FiltersOfCallers,
    FindLists,
    FindMatches,
    FindTags,
    FindTasks,
    FindTrash,
    FormerMembers,
    Inbox,
    Includes,
    KnownTasks,
    PersonalFilters,
    Purge,
    ReadFilter,
    Restore,
    SavedFilters,
    SavedFilterStore,
    SearchOwners,
    TaskMetrics,
  ],
})
export class TasksModule {}
