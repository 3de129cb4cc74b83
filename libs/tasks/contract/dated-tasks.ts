// The one-off tasks of a list that have a due date, for calendars.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, internal, operations, PickType, UuidField } from '@mono/contract';
import { Task } from './task.js';

/** The most in one reply. */
export const MAX_DATED_TASKS = 500;

export class DatedTasksQuery {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @UuidField({ description: 'The list.' })
  list_id: string;

  @EnumField({ description: 'Open tasks only, or also those that are done.', values: ['open', 'all'] })
  which: 'open' | 'all';

  @IntegerField({ description: 'The most tasks.', min: 1, max: MAX_DATED_TASKS })
  limit: number;
}

export class DatedTask extends PickType(Task, [
  'id',
  'title',
  'description',
  'status',
  'priority',
  'tags',
  'due_at',
  'due_on',
  'timezone',
  'completed_at',
  'version',
  'created_at',
  'updated_at',
]) {}

export class DatedTasks {
  @ApiProperty({
    type: [DatedTask],
    description: 'Open ones first; of each kind, those with the latest due dates, in descending order.',
  })
  items: DatedTask[];

  @ApiProperty({ type: Boolean, description: 'Whether there are more.' })
  more: boolean;
}

export const datedTasksOperations = operations(
  'tasks',
  {},
  {
    findDatedTasks: internal({
      summary: 'List the one-off tasks of a list that have a due date',
      body: DatedTasksQuery,
      reply: DatedTasks,
      reads: true,
      timeoutMs: 30_000,
    }),
  },
);
