// Use cases of feeds. The secret of a feed is part of its URL, is shown only once, and is stored as a hash.
import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { buildPage, hasScope, readPageRequest, requireRights, type CallContext } from '@mono/contract';
import { Database, once, PublicUrl } from '@mono/platform';
import { DomainError, NotFoundError } from '@mono/contract/errors';
import { datedTasksOperations, MAX_DATED_TASKS, type DatedTasks } from '@mono/tasks/contract';
import type { CalendarFile, CreateFeed, Feed, FeedPage, FeedQuery, NewFeed } from '../../contract/calendar.js';
import { calendarsOperations } from '../../contract/calendars.operations.js';
import { recurrenceErrors } from '../../contract/recurrence.errors.js';
import { MAX_FEEDS } from '../../contract/template-constants.js';
import { FormerMembers } from '../members/former-members.js';
import { memberships } from '../members/members.js';
import { templatesOfList } from '../persistence/calendars.store.js';
import {
  countFeeds,
  deleteFeeds,
  findFeedBySecret,
  findFeedRows,
  insertFeed,
  readFeedRow,
  toFeed,
  type FeedFilter,
  type FeedRow,
} from '../persistence/feeds.store.js';
import { References } from '../templates/references.js';
import { CALENDAR_CONTENT_TYPE, calendarOf } from './calendar-of.js';
import { CreatorRights, type FeedVisit } from './creator-rights.js';

/** 256 bits. */
const SECRET_BYTES = 32;
/** The newest templates of larger lists. */
const MAX_TEMPLATES = 1_000;
const TASKS_SCOPE = 'tasks:read';

@Injectable()
export class Feeds {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly references: References,
    private readonly formerMembers: FormerMembers,
    private readonly rights: CreatorRights,
    private readonly publicUrl: PublicUrl,
    private readonly bus: Bus,
  ) {}

  create(context: CallContext, input: CreateFeed): Promise<NewFeed> {
    return this.formerMembers.settled(context.requestId, () => this.createOnce(context, input));
  }

  /** The feed of a user ends with the membership. */
  private async createOnce(context: CallContext, input: CreateFeed): Promise<NewFeed> {
    const { principal } = context;
    const { list_id: listId, component = 'vevent' } = input;
    const tasks = input.tasks ?? (hasScope(principal, TASKS_SCOPE) ? 'open' : 'none');
    if (tasks !== 'none') requireRights(principal, { scope: TASKS_SCOPE });
    const list = await this.references.getList(context, listId);
    const isUser = principal.kind === 'user';
    const members = isUser ? await this.references.membershipsOf(context, principal.id) : [];
    return once(
      this.database,
      calendarsOperations.createFeed,
      context,
      input,
      async (on) => {
        const left = await memberships.hold(on, principal.workspaceId, members);
        if (left.size > 0 || (isUser && members.length === 0)) {
          throw new NotFoundError('workspace', principal.workspaceId);
        }
        const secret = randomBytes(SECRET_BYTES).toString('base64url');
        const feed = { list_id: list.id, component, tasks, name: input.name ?? list.title };
        const row = await insertFeed(on, context, feed, hashOf(secret), MAX_FEEDS);
        if (!row) throw recurrenceErrors.too_many_feeds();
        on.afterCommit(() => this.signal.wake());
        return Object.assign(toFeed(row), { url: `${this.publicUrl.get()}/feeds/${secret}.ics` });
      },
      { showsSecret: true, atomic: true },
    );
  }

  async find({ principal }: CallContext, query: FeedQuery): Promise<FeedPage> {
    const request = readPageRequest(query, ['uuid'], { caller: principal.id });
    const filter = { ...filterOf(principal), listId: query.list_id };
    return buildPage(request, {
      rows: await findFeedRows(this.database, filter, request),
      item: toFeed,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countFeeds(this.database, filter) : undefined,
    });
  }

  async get(context: CallContext, id: string): Promise<Feed> {
    return toFeed(await this.require(context, id));
  }

  async revoke(context: CallContext, id: string): Promise<void> {
    await this.require(context, id);
    await this.database.transaction(async (on) => {
      await deleteFeeds(on, context, { column: 'id', value: id });
      on.afterCommit(() => this.signal.wake());
    });
  }

  async read(visit: FeedVisit, secretHash: string): Promise<CalendarFile> {
    const { database, rights } = this;
    const feed = await findFeedBySecret(database, Buffer.from(secretHash, 'base64url'));
    if (!feed || !(await rights.mayRead(feed, visit))) throw noFeed();
    const { workspace_id: workspaceId, list_id: listId, component, name } = feed;
    const pages = templatesOfList(database, workspaceId, listId, MAX_TEMPLATES);
    const tasks = await this.tasksOf(feed, visit);
    const content = await calendarOf(database, pages, { component, name, leavesOut: true, ...(tasks && { tasks }) });
    return { content_type: CALENDAR_CONTENT_TYPE, content };
  }

  /** @throws UnavailableError: subscribers keep what they have. */
  private async tasksOf(
    { workspace_id, list_id, tasks: which }: FeedRow,
    { requestId }: FeedVisit,
  ): Promise<DatedTasks | undefined> {
    if (which === 'none') return undefined;
    const asked = { workspace_id, list_id, which, limit: MAX_DATED_TASKS };
    return this.bus.request(datedTasksOperations.findDatedTasks, asked, { requestId });
  }

  private async require({ principal }: CallContext, id: string): Promise<FeedRow> {
    const row = await readFeedRow(this.database, id, filterOf(principal));
    if (!row) throw recurrenceErrors.feed_not_found({ id });
    return row;
  }
}

/** The form in which the secret is stored. */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The same error for unknown and for revoked URLs, without any part of the URL. */
export function noFeed(): DomainError {
  return new DomainError('not_found', 'feed_not_found', 'There is no such feed.');
}

/** Users see their own feeds, admins all feeds of the workspace. */
function filterOf(principal: CallContext['principal']): FeedFilter {
  const { workspaceId, listIds, id } = principal;
  return { workspaceId, listIds, listId: undefined, creatorId: hasScope(principal, 'admin') ? undefined : id };
}
