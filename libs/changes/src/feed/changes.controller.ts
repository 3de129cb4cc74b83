// Follows the feed of a workspace, from a token on.
import { Controller } from '@nestjs/common';
import { InvalidInputError, type CallContext, type InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { Temporal } from 'temporal-polyfill';
import {
  changesErrors,
  changesOperations as operations,
  DEFAULT_CHANGES_LIMIT,
  type Change,
  type ChangePage,
} from '../../contract/index.js';
import { ChangeStore, WINDOW, type ChangeRow, type FeedRead } from './change.store.js';
import { merged, seenChange } from './seen-change.js';
import { ThingTypes, type Visible } from './thing-types.js';
import { decodeToken, encodeToken, type TokenScope } from './token.js';
import { Waiting, type Alarm } from './waiting.js';

type Query = InputOf<typeof operations.findChanges>;

interface Following {
  query: Query;
  scope: TokenScope;
  visible: Visible;
}

const MAX_WAIT_MS = 55_000;
/** The gateway to NATS answers for the handler after 30 seconds. */
const MAX_WAIT_OVER_NATS_MS = 25_000;
/** Gives months and years a length; all of them are too long. */
const EPOCH = '1970-01-01';
/** For the way of the answer. */
const MARGIN_MS = 2_000;

@Controller()
export class ChangesController {
  constructor(
    private readonly types: ThingTypes,
    private readonly store: ChangeStore,
    private readonly waiting: Waiting,
  ) {}

  @Operation(operations.findChanges)
  async findChanges(query: Query, call: CallContext): Promise<ChangePage> {
    const { principal } = call;
    const { workspaceId } = principal;
    const waitMs = waitOf(query, call);
    this.types.requireTypes(query.types ?? []);
    const scope = { workspaceId, types: query.types, listId: query.list_id?.toLowerCase() };
    const visible = this.types.visibleTo(principal, scope);
    const following = { query, scope, visible };
    if (query.since === undefined)
      return { items: [], next_token: encodeToken(await this.store.head(workspaceId), scope), has_more: false };
    const position = decodeToken(query.since, scope);
    if (waitMs === 0) return this.read(following, position);
    const waiter = { principalId: principal.id, overNats: call.source === 'nats', workspaceId };
    return this.waiting.enter(waiter, (alarm) => this.poll(following, position, { alarm, waitMs, call }));
  }

  /** A signal may be about changes that the caller does not see. */
  private async poll(
    following: Following,
    position: number,
    { alarm, waitMs, call }: { alarm: Alarm; waitMs: number; call: CallContext },
  ): Promise<ChangePage> {
    const until = performance.now() + waitMs;
    for (let from = position; ;) {
      const page = await this.read(following, from);
      const leftMs = until - performance.now();
      const isOver = leftMs <= 0 || this.waiting.stopped || call.signal?.aborted === true;
      if (page.items.length > 0 || page.has_more || isOver) return page;
      from = decodeToken(page.next_token, following.scope);
      await alarm.sleep(leftMs, call.signal);
    }
  }

  /** @throws DomainError `token_expired`. */
  private async read({ query, scope, visible }: Following, position: number): Promise<ChangePage> {
    const { limit = DEFAULT_CHANGES_LIMIT, collapse } = query;
    const collapses = collapse === 'true';
    const most = collapses ? WINDOW : limit + 1;
    const feed = await this.store.read(scope.workspaceId, position, most, visible);
    // A position beyond the head is of a database that was restored from a backup.
    if (position < feed.prunedTo || position > feed.head) throw changesErrors.token_expired();
    const { items, reached } = (collapses ? collapsed : listed)(feed, visible, limit, position);
    return { items, next_token: encodeToken(reached, scope), has_more: reached < feed.head };
  }
}

interface Part {
  items: Change[];
  /** The last position that the items cover. */
  reached: number;
}

function listed(feed: FeedRead, visible: Visible, limit: number, from: number): Part {
  const rows = feed.rows.slice(0, limit);
  const last = rows.at(-1);
  const isCut = last !== undefined && feed.rows.length > limit;
  return { items: rows.map((row) => seenChange(row, visible)), reached: isCut ? last.position : endOf(feed, from) };
}

/** As many things as the limit allows, each with its last change. */
function collapsed(feed: FeedRead, visible: Visible, limit: number, from: number): Part {
  const things = new Map<string, Change>();
  let reached: number | undefined;
  for (const row of feed.rows) {
    const key = keyOf(row);
    const known = things.get(key);
    if (!known && things.size === limit) return { items: [...things.values()], reached: reached ?? from };
    const change = seenChange(row, visible);
    things.delete(key);
    things.set(key, known ? merged(known, change) : change);
    reached = row.position;
  }
  return { items: [...things.values()], reached: endOf(feed, from) };
}

function keyOf({ type, thing_id: id }: ChangeRow): string {
  return `${type}/${id}`;
}

function endOf({ head }: FeedRead, from: number): number {
  return Math.min(head, from + WINDOW);
}

/** @throws InvalidInputError */
function waitOf({ wait }: Query, { source, deadline }: CallContext): number {
  if (wait === undefined) return 0;
  const ms = Temporal.Duration.from(wait).total({ unit: 'milliseconds', relativeTo: EPOCH });
  if (ms > MAX_WAIT_MS) throw new InvalidInputError([{ field: 'wait', issue: 'must be at most PT55S' }]);
  const most = source === 'nats' ? MAX_WAIT_OVER_NATS_MS : MAX_WAIT_MS;
  const leftMs = deadline === undefined ? most : deadline - performance.now() - MARGIN_MS;
  return Math.max(0, Math.min(ms, most, leftMs));
}
