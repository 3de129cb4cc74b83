// Follows the feed of a workspace, from a token on.
import { Controller } from '@nestjs/common';
import { InvalidInputError, type CallContext, type InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { Temporal } from 'temporal-polyfill';
import { changesOperations as operations, type ChangePage } from '../../contract/index.js';
import { PUSH_SOURCE } from '../follow/push-source.js';
import { FeedReader, type FeedView } from './feed-reader.js';
import { Waiting, type Alarm } from './waiting.js';

type Query = InputOf<typeof operations.findChanges>;

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
    private readonly reader: FeedReader,
    private readonly waiting: Waiting,
  ) {}

  @Operation(operations.findChanges)
  async findChanges(query: Query, call: CallContext): Promise<ChangePage> {
    const { principal } = call;
    const waitMs = waitOf(query, call);
    const view = this.reader.viewOf(principal, query);
    await this.reader.requireUsable(view);
    if (query.since === undefined)
      return { items: [], next_token: this.reader.tokenOf(await this.reader.head(view), view), has_more: false };
    const position = this.reader.positionOf(query.since, view);
    if (waitMs === 0) return this.reader.pageAfter(position, view);
    const waiter = {
      principalId: principal.id,
      overNats: call.source === 'nats',
      isPushed: call.source === PUSH_SOURCE,
      workspaceId: principal.workspaceId,
    };
    return this.waiting.enter(waiter, (alarm) => this.poll(view, position, { alarm, waitMs, call }));
  }

  /** A signal may be about changes that the caller does not see. */
  private async poll(
    view: FeedView,
    position: number,
    { alarm, waitMs, call }: { alarm: Alarm; waitMs: number; call: CallContext },
  ): Promise<ChangePage> {
    const until = performance.now() + waitMs;
    for (let from = position; ;) {
      const page = await this.reader.pageAfter(from, view);
      // The page has the rights of the beginning.
      if (alarm.isOutdated) return { items: [], next_token: this.reader.tokenOf(from, view), has_more: false };
      const leftMs = until - performance.now();
      const isOver = leftMs <= 0 || this.waiting.stopped || call.signal?.aborted === true;
      if (page.items.length > 0 || page.has_more || isOver) return page;
      from = this.reader.positionOf(page.next_token, view);
      await alarm.sleep(leftMs, call.signal);
    }
  }
}

/** @throws InvalidInputError */
function waitOf({ wait }: Query, { source, deadline }: CallContext): number {
  if (wait === undefined) return 0;
  const ms = Temporal.Duration.from(wait).total({ unit: 'milliseconds', relativeTo: EPOCH });
  if (ms > MAX_WAIT_MS)
    throw new InvalidInputError([{ field: 'wait', code: 'out_of_range', issue: 'must be at most PT55S' }]);
  const most = source === 'nats' ? MAX_WAIT_OVER_NATS_MS : MAX_WAIT_MS;
  const leftMs = deadline === undefined ? most : deadline - performance.now() - MARGIN_MS;
  return Math.max(0, Math.min(ms, most, leftMs));
}
