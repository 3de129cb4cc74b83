// What happened to a task and when, and the time that it took.
import { ApiProperty } from '@nestjs/swagger';
import { MEASURED_DURATION, PageInfo, PageQuery, UuidField } from '@mono/contract';
import { TASK_STATUSES, type TaskStatus } from '@mono/tasks/contract';
import { TimeEntry } from './entry.js';

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f';
const instant = { type: String, format: 'date-time', example: '2026-11-02T09:00:00.000Z' } as const;
const duration = { ...MEASURED_DURATION, example: 'PT1H30M' } as const;
const status = { enum: [...TASK_STATUSES], enumName: 'TaskStatus' } as const;

/** Who did it. */
export class Actor {
  @ApiProperty({ enum: ['user', 'api_key', 'system'], description: 'What kind of caller.', example: 'user' })
  kind: 'user' | 'api_key' | 'system';

  @ApiProperty({ type: String, description: 'The user, the key, or the name of a system principal.', example: uuid })
  id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description:
      'In histories: the name of the user, also of a former member. Null for others, and while auth is unavailable.',
    example: 'Grace Hopper',
  })
  name?: string | null;
}

export class StatusTransition {
  @ApiProperty({ ...instant, description: 'When it was changed; never before the transition before.' })
  at: string;

  @ApiProperty({
    ...status,
    nullable: true,
    description: 'Null: it was made, or restored from the trash.',
    example: 'todo',
  })
  from: TaskStatus | null;

  @ApiProperty({ ...status, nullable: true, description: 'Null: it was deleted.', example: 'in_progress' })
  to: TaskStatus | null;

  @ApiProperty({ type: Actor, description: 'Who changed it.' })
  actor: Actor;

  @ApiProperty({ type: String, description: 'The `X-Request-ID` of the change.', example: uuid })
  request_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The task’s version after the change.', example: 2 })
  version: number;
}

/** In the order of the task’s versions. */
export class HistoryQuery extends PageQuery {}

export class FindHistoryQuery extends HistoryQuery {
  @UuidField({ description: 'The task, which may be deleted.', example: uuid })
  task_id: string;
}

export class HistoryPage {
  @ApiProperty({ type: [StatusTransition] })
  items: StatusTransition[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** Time that a task was in `in_progress`. */
export class TimeSpan {
  @ApiProperty({ ...instant, description: 'When it came to `in_progress`.' })
  started_at: string;

  @ApiProperty({ ...instant, nullable: true, description: 'When it left it; null while it has not.' })
  ended_at: string | null;

  @ApiProperty({ ...duration, description: 'Of a span that has not ended: until now.' })
  duration: string;

  @ApiProperty({ type: Actor, description: 'Who put the task there.' })
  actor: Actor;
}

export class PersonTime {
  @ApiProperty({ type: Actor, description: 'Who.' })
  person: Actor;

  @ApiProperty({ ...duration, description: 'Of the spans that they began.' })
  worked: string;

  @ApiProperty({ ...duration, description: 'Of their entries.' })
  entered: string;
}

export class TaskTime {
  @ApiProperty({ type: String, format: 'uuid', example: uuid })
  task_id: string;

  @ApiProperty({ ...instant, description: 'What runs is counted until then.' })
  as_of: string;

  @ApiProperty({ ...duration, description: 'Of all spans.' })
  worked: string;

  @ApiProperty({ ...duration, description: 'Of all entries: shown apart, for both may tell of the same work.' })
  entered: string;

  @ApiProperty({
    type: String,
    format: 'duration',
    nullable: true,
    description: 'What the task was estimated at.',
    example: 'PT2H',
  })
  estimated: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Worked ÷ estimated: above 1 it took longer. Null without an estimate.',
    example: 0.75,
  })
  worked_to_estimated: number | null;

  @ApiProperty({ type: [TimeSpan], description: 'The latest 500 that the caller may read, the first one first.' })
  spans: TimeSpan[];

  @ApiProperty({
    type: () => [TimeEntry],
    description: 'The latest 500 that the caller may read, the first one first.',
  })
  entries: TimeEntry[];

  @ApiProperty({
    type: [PersonTime],
    description: 'Those with the most work first; the caller alone where the workspace keeps time private.',
  })
  people: PersonTime[];
}
