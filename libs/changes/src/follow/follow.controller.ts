// Grants leases to clients that have changes pushed to them. The node that received the call pushes: see follows.ts.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import {
  changesOperations as operations,
  HEARTBEAT_SECONDS,
  LEASE_SECONDS,
  type GrantedLease,
} from '../../contract/index.js';
import { FeedReader } from '../feed/feed-reader.js';

@Controller()
export class FollowController {
  constructor(private readonly reader: FeedReader) {}

  @Operation(operations.follow)
  async follow(query: InputOf<typeof operations.follow>, { principal }: CallContext): Promise<GrantedLease> {
    const { since, lease } = query;
    const view = this.reader.viewOf(principal, Object.assign({}, query, { limit: 1, collapse: 'false' as const }));
    await this.reader.requireUsable(view);
    if (since !== undefined) await this.reader.pageAfter(this.reader.positionOf(since, view), view);
    return {
      lease,
      expires_in: `PT${LEASE_SECONDS}S`,
      heartbeat: `PT${HEARTBEAT_SECONDS}S`,
      next_token: since ?? this.reader.tokenOf(await this.reader.head(view), view),
    };
  }
}
