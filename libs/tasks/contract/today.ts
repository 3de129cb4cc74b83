// The day of the caller: what is late, due, under way and ready to start.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, RepeatableEnumField, TimeZoneField } from '@mono/contract';
import { includes, type TaskInclude } from './include.js';
import { Task } from './task.js';

/** `mine`: assigned to the caller or to nobody. */
export const TODAY_SCOPES = ['mine', 'all'] as const;
export type TodayScope = (typeof TODAY_SCOPES)[number];

export const TODAY_SECTIONS = ['overdue', 'due', 'in_progress', 'started'] as const;
export type TodaySectionName = (typeof TODAY_SECTIONS)[number];

const MAX_ITEMS = 200;
export const DEFAULT_TODAY_ITEMS = 50;

export class TodayQuery {
  @TimeZoneField({
    description: 'The zone of the day. Default: that of the user, for an API key that of the workspace.',
    example: 'Europe/Berlin',
    optional: true,
  })
  timezone?: string;

  @EnumField({
    description:
      '`mine`: tasks that are assigned to the caller or to nobody. Default: `mine` for a user, `all` for an API key.',
    values: TODAY_SCOPES,
    optional: true,
  })
  scope?: TodayScope;

  @IntegerField({
    description: 'The maximum number of tasks per section.',
    min: 1,
    max: MAX_ITEMS,
    default: DEFAULT_TODAY_ITEMS,
    fromQuery: true,
    optional: true,
  })
  limit?: number;

  @RepeatableEnumField(includes)
  include?: TaskInclude[];
}

export class TodaySection {
  @ApiProperty({
    type: String,
    description:
      'The filter of the section. `GET /v1/tasks` finds all of its tasks by it, with `occurrences=next` and the `timezone` of the answer.',
    example: 'open & due < today',
  })
  filter: string;

  @ApiProperty({ type: 'integer', description: 'All tasks of the section.', example: 2 })
  total: number;

  @ApiProperty({ type: [Task], description: 'By due date; tasks without one come last.' })
  items: Task[];
}

/** A task is in the first section that it fits. */
export class Today {
  @ApiProperty({ type: String, format: 'date', example: '2026-12-01' })
  date: string;

  @ApiProperty({ type: String, example: 'Europe/Berlin' })
  timezone: string;

  @ApiProperty({ type: TodaySection, description: 'Open and due before today.' })
  overdue: TodaySection;

  @ApiProperty({ type: TodaySection, description: 'Open and due today.' })
  due: TodaySection;

  @ApiProperty({ type: TodaySection, description: 'In progress, and due later or never.' })
  in_progress: TodaySection;

  @ApiProperty({ type: TodaySection, description: 'To do, with a start that has come, and due later or never.' })
  started: TodaySection;
}
