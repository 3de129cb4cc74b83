// Templates as iCalendar, where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext, Replayable } from '@mono/contract';
import { callOptionsOf, replayed } from '@mono/platform';
import { CalendarApi, type FeedVisit } from './calendar-api.js';
import { calendarRequests } from './calendar-requests.js';
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
} from './calendar.js';

export class CalendarBusClient extends CalendarApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  exportTemplate(context: CallContext, id: string, query: CalendarQuery): Promise<CalendarFile> {
    const request = Object.assign({ id }, query);
    return this.bus.request(calendarRequests.exportTemplate, request, callOptionsOf(context));
  }

  importCalendar(context: CallContext, input: ImportCalendar): Promise<Replayable<ImportedCalendar>> {
    return replayed(this.bus.exchange(calendarRequests.importCalendar, input, callOptionsOf(context)));
  }

  createFeed(context: CallContext, input: CreateFeed): Promise<Replayable<NewFeed>> {
    return replayed(this.bus.exchange(calendarRequests.createFeed, input, callOptionsOf(context)));
  }

  findFeeds(context: CallContext, query: FeedQuery): Promise<FeedPage> {
    return this.bus.request(calendarRequests.findFeeds, query, callOptionsOf(context));
  }

  getFeed(context: CallContext, id: string): Promise<Feed> {
    return this.bus.request(calendarRequests.getFeed, { id }, callOptionsOf(context));
  }

  revokeFeed(context: CallContext, id: string): Promise<void> {
    return this.bus.request(calendarRequests.revokeFeed, { id }, callOptionsOf(context));
  }

  readFeed({ requestId, address }: FeedVisit, secretHash: string): Promise<CalendarFile> {
    return this.bus.request(calendarRequests.readFeed, { secret_hash: secretHash, address }, { requestId });
  }
}
