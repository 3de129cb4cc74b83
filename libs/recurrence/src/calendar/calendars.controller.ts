// The use cases of calendars and feeds.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf, ModuleContext } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  calendarsOperations,
  type CalendarFile,
  type Feed,
  type FeedPage,
  type ImportedCalendar,
  type NewFeed,
} from '../../contract/index.js';
import { requireTemplate } from '../templates/require-template.js';
import { CALENDAR_CONTENT_TYPE, calendarOf } from './calendar-of.js';
import { Feeds } from './feeds.js';
import { ImportCalendars } from './import-calendars.js';

@Controller()
export class CalendarsController {
  constructor(
    private readonly database: Database,
    private readonly feeds: Feeds,
    private readonly imports: ImportCalendars,
  ) {}

  @Operation(calendarsOperations.exportTemplate)
  async exportTemplate(
    { id, component = 'vevent' }: InputOf<typeof calendarsOperations.exportTemplate>,
    call: CallContext,
  ): Promise<CalendarFile> {
    const row = await requireTemplate(this.database, call, id);
    const content = await calendarOf(this.database, [[row]], { component });
    return { content_type: CALENDAR_CONTENT_TYPE, content };
  }

  @Operation(calendarsOperations.importCalendar)
  importCalendar(
    input: InputOf<typeof calendarsOperations.importCalendar>,
    call: CallContext,
  ): Promise<ImportedCalendar> {
    return this.imports.import(call, input);
  }

  @Operation(calendarsOperations.createFeed)
  createFeed(input: InputOf<typeof calendarsOperations.createFeed>, call: CallContext): Promise<NewFeed> {
    return this.feeds.create(call, input);
  }

  @Operation(calendarsOperations.findFeeds)
  findFeeds(query: InputOf<typeof calendarsOperations.findFeeds>, call: CallContext): Promise<FeedPage> {
    return this.feeds.find(call, query);
  }

  @Operation(calendarsOperations.getFeed)
  getFeed({ id }: InputOf<typeof calendarsOperations.getFeed>, call: CallContext): Promise<Feed> {
    return this.feeds.get(call, id);
  }

  @Operation(calendarsOperations.revokeFeed)
  revokeFeed({ id }: InputOf<typeof calendarsOperations.revokeFeed>, call: CallContext): Promise<void> {
    return this.feeds.revoke(call, id);
  }

  @Operation(calendarsOperations.readFeed)
  readFeed(
    { secret_hash: secretHash, address }: InputOf<typeof calendarsOperations.readFeed>,
    { requestId }: ModuleContext,
  ): Promise<CalendarFile> {
    return this.feeds.read({ requestId, address }, secretHash);
  }
}
