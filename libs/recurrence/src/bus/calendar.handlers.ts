import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  CalendarApi,
  calendarRequests,
  type CalendarFile,
  type CreateFeed,
  type ExportTemplate,
  type Feed,
  type FeedId,
  type FeedPage,
  type FeedQuery,
  type ImportCalendar,
  type ImportedCalendar,
  type NewFeed,
  type ReadFeed,
} from '../../contract/index.js';

@Controller()
export class CalendarHandlers {
  constructor(@Inject(CalendarApi) private readonly calendar: CalendarApi) {}

  @RequestHandler(calendarRequests.exportTemplate)
  exportTemplate({ id, ...query }: ExportTemplate, context: BusContext): Promise<CalendarFile> {
    return this.calendar.exportTemplate(callContextOf(context), id, query);
  }

  @RequestHandler(calendarRequests.importCalendar)
  importCalendar(input: ImportCalendar, context: BusContext): Promise<ImportedCalendar> {
    return replying(context, this.calendar.importCalendar(callContextOf(context), input));
  }

  @RequestHandler(calendarRequests.createFeed)
  createFeed(input: CreateFeed, context: BusContext): Promise<NewFeed> {
    return replying(context, this.calendar.createFeed(callContextOf(context), input));
  }

  @RequestHandler(calendarRequests.findFeeds)
  findFeeds(query: FeedQuery, context: BusContext): Promise<FeedPage> {
    return this.calendar.findFeeds(callContextOf(context), query);
  }

  @RequestHandler(calendarRequests.getFeed)
  getFeed({ id }: FeedId, context: BusContext): Promise<Feed> {
    return this.calendar.getFeed(callContextOf(context), id);
  }

  @RequestHandler(calendarRequests.revokeFeed)
  revokeFeed({ id }: FeedId, context: BusContext): Promise<void> {
    return this.calendar.revokeFeed(callContextOf(context), id);
  }

  @RequestHandler(calendarRequests.readFeed)
  readFeed({ secret_hash: secretHash, address }: ReadFeed, context: BusContext): Promise<CalendarFile> {
    return this.calendar.readFeed({ requestId: context.requestId ?? uuidv7(), address }, secretHash);
  }
}
