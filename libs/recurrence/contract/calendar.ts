// Templates as iCalendar (RFC 5545): exports, feeds and imports.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, PageInfo, PageQuery, PickType, TextField, UuidField } from '@mono/contract';
import { Template } from './template.js';

/** Every calendar shows events; those that support to-dos let users complete them. */
export const CALENDAR_COMPONENTS = ['vevent', 'vtodo'] as const;
export type CalendarComponent = (typeof CALENDAR_COMPONENTS)[number];

/** One-off tasks with a due date in a feed. */
export const FEED_TASKS = ['open', 'all', 'none'] as const;
export type FeedTasks = (typeof FEED_TASKS)[number];

export const CALENDAR_TYPE = 'text/calendar';
export const MAX_CALENDAR_BYTES = 1024 * 1024;
export const MAX_CALENDAR_COMPONENTS = 500;
const MAX_NAME_CHARACTERS = 255;

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const component = {
  description: 'Component of the occurrences: events, or to-dos, which fewer calendars support.',
  values: CALENDAR_COMPONENTS,
  enumName: 'CalendarComponent',
  example: 'vevent',
};
const tasks = {
  description:
    'One-off tasks of the list with a due date that the feed contains beside the templates: open ones, `all` for those that are done as well, or none. At most 500: open ones first, and of each kind those with the latest due dates.',
  values: FEED_TASKS,
  enumName: 'FeedTasks',
  example: 'open',
};
const name = { description: 'Name of the calendar.', example: 'Household', max: MAX_NAME_CHARACTERS };

export class CalendarQuery {
  @EnumField({ ...component, optional: true, default: 'vevent' })
  component?: CalendarComponent;
}

/** The reply over NATS; over HTTP, the calendar is the body itself. */
export class CalendarFile {
  @TextField({ description: 'Media type.', example: 'text/calendar; charset=utf-8' })
  content_type: string;

  @TextField({ description: 'Calendar (RFC 5545).', example: 'BEGIN:VCALENDAR\r\n…END:VCALENDAR\r\n' })
  content: string;
}

export class CreateFeed {
  @UuidField({ description: 'List whose templates and tasks the feed contains.', example: uuid })
  list_id: string;

  @EnumField({ ...component, optional: true, default: 'vevent' })
  component?: CalendarComponent;

  @EnumField({
    ...tasks,
    description: `${tasks.description} Others than \`none\` require the scope \`tasks:read\`, with which the default is \`open\`.`,
    optional: true,
  })
  tasks?: FeedTasks;

  @TextField({
    ...name,
    description: `${name.description} Default: the list’s title.`,
    min: 1,
    notBlank: true,
    optional: true,
  })
  name?: string;
}

export class FeedCreator {
  @ApiProperty({ type: String, enum: ['api_key', 'user', 'system'], example: 'user' })
  kind: 'api_key' | 'user' | 'system';

  @TextField({ description: 'ID of the API key or of the user.', example: uuid })
  id: string;
}

/** A calendar of a list that others can subscribe to while its creator may read the list. */
export class Feed {
  @UuidField({ description: 'UUIDv7.', example: uuid })
  id: string;

  @UuidField({ description: 'List whose templates and tasks the feed contains.', example: uuid })
  list_id: string;

  @EnumField(component)
  component: CalendarComponent;

  @EnumField({ ...tasks, description: `${tasks.description} Feeds of earlier releases have none.` })
  tasks: FeedTasks;

  @TextField(name)
  name: string;

  @ApiProperty({
    type: () => FeedCreator,
    description: 'Creator. The feed is served only while the creator may read the list.',
  })
  creator: FeedCreator;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Always 1: a feed cannot be changed, only revoked.',
    example: 1,
  })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;
}

export class NewFeed extends Feed {
  @ApiProperty({
    type: String,
    description: 'URL of the feed, shown only once. Everyone who has it can read the feed.',
    example: 'https://mono.example/feeds/…43 characters….ics',
  })
  url: string;
}

export class FeedQuery extends PageQuery {
  @UuidField({ description: 'Feeds of this list only.', optional: true })
  list_id?: string;
}

export class FeedPage {
  @ApiProperty({ type: [Feed] })
  items: Feed[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class ImportCalendar {
  @TextField({
    description: 'Calendar (RFC 5545). Each of its recurring events and to-dos becomes a template.',
    example:
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:plants\r\nDTSTAMP:20260501T090000Z\r\nDTSTART;TZID=Europe/Berlin:20260504T090000\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Water the plants\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    min: 1,
    maxBytes: MAX_CALENDAR_BYTES,
  })
  content: string;

  @UuidField({ description: 'List of the tasks. Default: the workspace’s Inbox.', optional: true })
  list_id?: string;
}

/** The query of an import whose body is the calendar itself. */
export class ImportQuery extends PickType(ImportCalendar, ['list_id']) {}

export class ImportedCalendar {
  @ApiProperty({ type: [Template], description: 'Created templates, in the order of the calendar.' })
  items: Template[];

  @ApiProperty({
    type: [String],
    description: 'Properties and components that were ignored because templates do not support them.',
    example: ['ATTENDEE', 'LOCATION', 'VALARM'],
  })
  ignored: string[];
}
