// Templates as iCalendar: what controllers and bus handlers call. Implemented by the use cases and, where the module does
// not run, by a client over the bus.
import type { CallContext, Replayable } from '@mono/contract';
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

/** Who reads a feed: nobody has proven who, but has the secret. */
export interface FeedVisit {
  requestId: string;
  /** The reader's IP address. */
  address: string;
}

/** Every method throws DomainError with the codes of ./errors.ts. */
export abstract class CalendarApi {
  /** @throws `template_not_found`. */
  abstract exportTemplate(context: CallContext, id: string, query: CalendarQuery): Promise<CalendarFile>;
  /** All of it, or nothing. @throws InvalidInputError that names what cannot be taken, by component and property; `list_not_found`. */
  abstract importCalendar(context: CallContext, input: ImportCalendar): Promise<Replayable<ImportedCalendar>>;

  /** @throws `list_not_found`, `too_many_feeds`. */
  abstract createFeed(context: CallContext, input: CreateFeed): Promise<Replayable<NewFeed>>;
  /** The caller's own; with the scope `admin`, all of the workspace. */
  abstract findFeeds(context: CallContext, query: FeedQuery): Promise<FeedPage>;
  /** @throws `feed_not_found`. */
  abstract getFeed(context: CallContext, id: string): Promise<Feed>;
  /** For good: its URL leads nowhere from then on. @throws `feed_not_found`. */
  abstract revokeFeed(context: CallContext, id: string): Promise<void>;

  /** @param secretHash SHA-256 of what the URL holds, base64url. @throws `feed_not_found`, also where its maker may not read any more. */
  abstract readFeed(visit: FeedVisit, secretHash: string): Promise<CalendarFile>;
}
