// Calendars as requests: `services.recurrence.<name>` among nodes, `api.recurrence.<name>` for outside clients. What a
// feed's URL opens is asked by nodes only, by the hash of its secret.
import { defineRequest, type Contract } from '@mono/bus';
import { TextField, UuidField } from '@mono/contract';
import { exposed } from '@mono/platform';
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

const module = 'recurrence';
const TIMEOUT_MS = 30_000;
const reads = { module, idempotent: true, timeoutMs: TIMEOUT_MS };
const writes = { module, timeoutMs: TIMEOUT_MS };
const entityTag = ({ version }: { version: number }): string => String(version);

export class ExportTemplate extends CalendarQuery {
  @UuidField({ description: 'The template.' })
  id: string;
}

export class FeedId {
  @UuidField({ description: 'The feed.' })
  id: string;
}

export class ReadFeed {
  @TextField({ description: 'SHA-256 of the secret, base64url.', min: 43, max: 43 })
  secret_hash: string;

  @TextField({ description: 'The reader’s IP address.', max: 64 })
  address: string;
}

export const calendarRequests = {
  exportTemplate: defineRequest({
    ...reads,
    ...exposed({ scope: 'recurrence:read' }),
    name: 'export_template',
    request: ExportTemplate,
    reply: CalendarFile,
  }),
  importCalendar: defineRequest({
    ...writes,
    ...exposed({ scope: 'recurrence:write', replayable: true }),
    name: 'import_calendar',
    request: ImportCalendar,
    reply: ImportedCalendar,
  }),
  createFeed: defineRequest({
    ...writes,
    ...exposed({ scope: 'recurrence:read', replayable: true, entityTag }),
    name: 'create_feed',
    request: CreateFeed,
    reply: NewFeed,
  }),
  findFeeds: defineRequest({
    ...reads,
    ...exposed({ scope: 'recurrence:read' }),
    name: 'find_feeds',
    request: FeedQuery,
    reply: FeedPage,
  }),
  getFeed: defineRequest({
    ...reads,
    ...exposed({ scope: 'recurrence:read', entityTag }),
    name: 'get_feed',
    request: FeedId,
    reply: Feed,
  }),
  revokeFeed: defineRequest<FeedId>({
    ...writes,
    ...exposed({ scope: 'recurrence:read' }),
    name: 'revoke_feed',
    request: FeedId,
  }),
  readFeed: defineRequest({ ...reads, name: 'read_feed', request: ReadFeed, reply: CalendarFile, internal: true }),
} as const;

export const calendarContracts: readonly Contract[] = Object.values(calendarRequests);
