// One search over the things of a workspace, by relevance.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, RepeatableTextField, TextField, TimeZoneField } from '@mono/contract';
import { OCCURRENCES_SHOWN, type OccurrencesShown } from './task-constants.js';

export const MAX_SEARCH_ITEMS = 50;
export const DEFAULT_SEARCH_ITEMS = 20;
export const MAX_SEARCH_CHARACTERS = 200;
const MAX_KINDS = 20;

export class SearchQuery {
  @TextField({
    description:
      'Words of title, tags, description or note: all of them, the last one also as a prefix, without regard to case and accents. `"some words"` finds them in this order; `-word` and `-"some words"` leave out what has them.',
    min: 1,
    max: MAX_SEARCH_CHARACTERS,
    notBlank: true,
    example: 'window -christmas',
  })
  q: string;

  @RepeatableTextField({
    description: 'Only `tasks`, `lists`, `templates` or `entries`. Default: all that the caller may read.',
    maxItems: MAX_KINDS,
    max: 64,
    optional: true,
    example: ['tasks', 'lists'],
  })
  kinds?: string[];

  @EnumField({
    description:
      'Upcoming tasks of templates, which are due after today and not begun: `next` shows the next one of each series, `due` none, `all` all. Their subtasks show and hide with them.',
    values: OCCURRENCES_SHOWN,
    default: 'next',
    optional: true,
  })
  occurrences?: OccurrencesShown;

  @TimeZoneField({
    description: 'The zone of today. Default: that of the user, for an API key that of the workspace.',
    optional: true,
    example: 'Europe/Berlin',
  })
  timezone?: string;

  @IntegerField({
    description: 'The maximum number of items. There are no further pages: narrow the search instead.',
    min: 1,
    max: MAX_SEARCH_ITEMS,
    default: DEFAULT_SEARCH_ITEMS,
    fromQuery: true,
    optional: true,
  })
  limit?: number;
}

export class SearchItem {
  @ApiProperty({
    type: String,
    description: 'The kind of the thing: `task`, `list`, `template` or `entry`.',
    example: 'task',
  })
  kind: string;

  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({
    type: String,
    description: 'The title; of a time entry the beginning of its note, or its tags.',
    example: 'Clean the window',
  })
  title: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'About 200 characters of description or note around the first match; null without such a text.',
    example: '…with the long brush, inside and outside.',
  })
  snippet: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The list; null for lists and entries.' })
  list_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The task of a time entry.' })
  task_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The status of a task or template; `archived` for an archived list; else null.',
    example: 'todo',
  })
  status: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When a task is due, or a time entry starts.',
    example: null,
  })
  at: string | null;

  @ApiProperty({
    type: String,
    description: 'The path of the resource.',
    example: '/v1/tasks/0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f',
  })
  href: string;

  @ApiProperty({ type: Number, minimum: 0, maximum: 1, description: 'The relevance, for comparison.', example: 0.61 })
  score: number;
}

export class SearchResults {
  @ApiProperty({ type: [SearchItem], description: 'By relevance, then the latest first.' })
  items: SearchItem[];

  @ApiProperty({ type: Boolean, description: 'Whether nothing matched, and the items have similar words.' })
  similar: boolean;

  @ApiProperty({ type: Boolean, description: 'Whether more items match.' })
  more: boolean;
}
