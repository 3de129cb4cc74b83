// Templates as iCalendar, as it runs here: each call goes to its use case.
import type { CallContext, Replayable } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import { CalendarApi, type FeedVisit } from '../../contract/calendar-api.js';
import type {
  CalendarFile,
  CalendarQuery,
  CreateFeed,
  Feed,
  FeedPage,
  FeedQuery,
  ImportCalendar,
  ImportedCalendar,
  NewFeed,
} from '../../contract/calendar.js';
import { exportTemplate } from './export-template.js';
import type { Feeds } from './feeds.js';
import type { ImportCalendars } from './import-calendars.js';

export class CalendarUseCases extends CalendarApi {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly feeds: Feeds,
    private readonly imports: ImportCalendars,
  ) {
    super();
  }

  exportTemplate(context: CallContext, id: string, query: CalendarQuery): Promise<CalendarFile> {
    return exportTemplate(this.database, context, id, query);
  }

  importCalendar(context: CallContext, input: ImportCalendar): Promise<Replayable<ImportedCalendar>> {
    return this.imports.import(context, input);
  }

  createFeed(context: CallContext, input: CreateFeed): Promise<Replayable<NewFeed>> {
    return this.feeds.create(context, input);
  }

  findFeeds(context: CallContext, query: FeedQuery): Promise<FeedPage> {
    return this.feeds.find(context, query);
  }

  getFeed(context: CallContext, id: string): Promise<Feed> {
    return this.feeds.get(context, id);
  }

  revokeFeed(context: CallContext, id: string): Promise<void> {
    return this.feeds.revoke(context, id);
  }

  readFeed(visit: FeedVisit, secretHash: string): Promise<CalendarFile> {
    return this.feeds.read(visit, secretHash);
  }
}
