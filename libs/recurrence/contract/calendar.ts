// Templates as iCalendar (RFC 5545): exported, subscribed to, imported.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, PageInfo, PageQuery, TextField, UuidField } from '@mono/contract';
import { Template } from './template.js';

/** What occurrences are in a calendar: events show everywhere, to-dos can be ticked where they are known. */
export const CALENDAR_COMPONENTS = ['vevent', 'vtodo'] as const;
export type CalendarComponent = (typeof CALENDAR_COMPONENTS)[number];

export const CALENDAR_TYPE = 'text/calendar';
export const MAX_CALENDAR_BYTES = 1024 * 1024;
export const MAX_CALENDAR_COMPONENTS = 500;
const MAX_NAME_CHARACTERS = 255;

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const component = {
  description: 'What the occurrences are: events, or to-dos, which fewer calendars show.',
  values: CALENDAR_COMPONENTS,
  enumName: 'CalendarComponent',
  example: 'vevent',
};
const name = { description: 'What the calendar is called.', example: 'Household', max: MAX_NAME_CHARACTERS };

export class CalendarQuery {
  @EnumField({ ...component, optional: true, default: 'vevent' })
  component?: CalendarComponent;
}

/** What a calendar is over NATS; over HTTP it is the body itself. */
export class CalendarFile {
  @TextField({ description: 'Its media type.', example: 'text/calendar; charset=utf-8' })
  content_type: string;

  @TextField({ description: 'The calendar (RFC 5545).', example: 'BEGIN:VCALENDAR\r\n…END:VCALENDAR\r\n' })
  content: string;
}

export class CreateFeed {
  @UuidField({ description: 'The list whose templates are told.', example: uuid })
  list_id: string;

  @EnumField({ ...component, optional: true, default: 'vevent' })
  component?: CalendarComponent;

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

  @TextField({ description: 'Of the key or of the user.', example: uuid })
  id: string;
}

/** A calendar of a list that others can subscribe to, as long as who made it may read the list. */
export class Feed {
  @UuidField({ description: 'UUIDv7.', example: uuid })
  id: string;

  @UuidField({ description: 'The list whose templates it tells.', example: uuid })
  list_id: string;

  @EnumField(component)
  component: CalendarComponent;

  @TextField(name)
  name: string;

  @ApiProperty({ type: () => FeedCreator, description: 'Who made it; it ends with their right to read.' })
  creator: FeedCreator;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Always 1: a feed is not changed, only revoked.',
    example: 1,
  })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;
}

export class NewFeed extends Feed {
  @ApiProperty({
    type: String,
    description: 'Where it is read, shown this once: whoever has it can read the feed.',
    example: 'https://mono.example/feeds/…43 characters….ics',
  })
  url: string;
}

export class FeedQuery extends PageQuery {
  @UuidField({ description: 'Those of this list.', optional: true })
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
    description: 'The calendar (RFC 5545): each of its recurring events and to-dos becomes a template.',
    example:
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:plants\r\nDTSTAMP:20260501T090000Z\r\nDTSTART;TZID=Europe/Berlin:20260504T090000\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Water the plants\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    min: 1,
    maxBytes: MAX_CALENDAR_BYTES,
  })
  content: string;

  @UuidField({ description: 'The list that the tasks go to. Without it: the workspace’s Inbox.', optional: true })
  list_id?: string;
}

/** Beside a calendar that is the body itself. */
export class ImportQuery {
  @UuidField({ description: 'The list that the tasks go to. Without it: the workspace’s Inbox.', optional: true })
  list_id?: string;
}

export class ImportedCalendar {
  @ApiProperty({ type: [Template], description: 'The new templates, in the order of the calendar.' })
  items: Template[];

  @ApiProperty({
    type: [String],
    description: 'Properties and components that tasks have no place for and that were left out.',
    example: ['ATTENDEE', 'LOCATION', 'VALARM'],
  })
  ignored: string[];
}
