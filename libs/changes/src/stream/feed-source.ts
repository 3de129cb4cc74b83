// Reads rows of feeds where the module runs: in this process, or over the bus.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { clientOf, type ClientOf } from '@mono/contract';
import { changesErrors, changesOperations, MAX_FEED_ROWS, type FeedRow } from '../../contract/index.js';
import type { Visible } from '../feed/thing-types.js';

export interface Batch {
  rows: readonly FeedRow[];
  /** The position that the rows cover. */
  reached: number;
}

export interface ReadBatch extends Batch {
  /** The position of the last change of the workspace. */
  head: number;
}

@Injectable()
export class FeedSource {
  private readonly changes: ClientOf<typeof changesOperations>;

  constructor(bus: Bus) {
    this.changes = clientOf(bus, changesOperations);
  }

  /** The position of the last change. */
  async head(workspaceId: string): Promise<number> {
    const nothing = { open: [], listed: [], lists: [], own: [], userId: null };
    const { head } = await this.changes.feedRows({ workspace_id: workspaceId, after: 0, limit: 1, visible: nothing });
    return head;
  }

  /** @throws DomainError `token_expired` for a position whose following changes are gone. */
  async after(workspaceId: string, position: number, visible: Visible, limit = MAX_FEED_ROWS): Promise<ReadBatch> {
    const query = { workspace_id: workspaceId, after: position, limit, visible };
    const { head, pruned_to: prunedTo, reached, rows } = await this.changes.feedRows(query);
    if (position < prunedTo || position > head) throw changesErrors.token_expired();
    return { rows, reached, head };
  }
}
