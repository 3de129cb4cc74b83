// Calendars (RFC 5545) and feeds. Over REST a calendar is the body itself; over NATS it is a field.
import { del, get, idOf, internal, operations, path, post, TextField } from '@mono/contract';
import {
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
import { recurrenceErrors } from './recurrence.errors.js';
import { RECURRENCE_TIMEOUT_MS } from './templates.operations.js';

/** A feed is read by the hash of its secret: the secret stays at the edge. */
export class ReadFeed {
  @TextField({ description: 'SHA-256 of the secret, base64url.', min: 43, max: 43 })
  secret_hash: string;

  @TextField({ description: 'The IP address of the reader.', max: 64 })
  address: string;
}

const feed = path('/v1/feeds/:id', { id: idOf('feed') });
const feedEntityTag = ({ version }: Feed): string => String(version);

export const calendarsOperations = operations(
  'recurrence',
  { tag: 'calendars', errors: recurrenceErrors, timeoutMs: RECURRENCE_TIMEOUT_MS },
  {
    exportTemplate: get(
      { template: '/v1/templates/:id.ics', params: { id: idOf('template') } },
      {
        handWritten: true,
        summary: 'Export a template as a calendar (RFC 5545)',
        description: 'One iCalendar file with the rule, its exceptions and its time zone.',
        answer: 'The calendar.',
        scope: 'recurrence:read',
        respectsLists: true,
        query: CalendarQuery,
        reply: CalendarFile,
        errors: ['template_not_found', 'rule_too_expensive'],
      },
    ),
    importCalendar: post('/v1/templates/import', {
      handWritten: true,
      summary: 'Import the recurring events and to-dos of a calendar (RFC 5545)',
      answer: 'The created templates.',
      scope: 'recurrence:write',
      respectsLists: true,
      status: 201,
      body: ImportCalendar,
      reply: ImportedCalendar,
      idempotencyKey: true,
      errors: ['list_not_found', 'rule_too_expensive'],
    }),
    createFeed: post('/v1/feeds', {
      summary: 'Create a calendar feed of a list',
      description:
        'The URL is shown only once. Everyone who has it can read the calendar until the feed is revoked or its creator loses access to the list.',
      answer: 'The created feed with its URL.',
      // The feed outlives the token that creates it.
      personalTokens: 'whole',
      scope: 'recurrence:read',
      respectsLists: true,
      body: CreateFeed,
      reply: NewFeed,
      showsSecret: true,
      etag: feedEntityTag,
      location: ({ id }) => `/v1/feeds/${id}`,
      idempotencyKey: true,
      errors: ['list_not_found', 'forbidden', 'too_many_feeds', 'secret_already_shown'],
    }),
    findFeeds: get('/v1/feeds', {
      summary: 'List the feeds',
      description: 'The feeds of the caller; with the scope `admin`, all feeds of the workspace.',
      answer: 'A page of feeds, without their URLs.',
      scope: 'recurrence:read',
      respectsLists: true,
      query: FeedQuery,
      reply: FeedPage,
    }),
    getFeed: get(feed, {
      summary: 'Get a feed',
      description: 'Shows the list and the creator of a feed. The URL is shown only when the feed is created.',
      answer: 'The feed, without its URL.',
      scope: 'recurrence:read',
      respectsLists: true,
      reply: Feed,
      etag: feedEntityTag,
      errors: ['feed_not_found'],
    }),
    revokeFeed: del(feed, {
      summary: 'Revoke a feed for good',
      description:
        'The URL of the feed answers 404 from now on. Calendar applications that subscribe to it stop receiving updates.',
      answer: 'Feed revoked.',
      scope: 'recurrence:read',
      respectsLists: true,
      errors: ['feed_not_found'],
    }),
    readFeed: internal({ summary: 'Read the calendar of a feed', body: ReadFeed, reply: CalendarFile, reads: true }),
  },
);
