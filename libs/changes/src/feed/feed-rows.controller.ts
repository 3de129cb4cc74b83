// Rows of feeds for the streams of all nodes, which filter them themselves.
import { Controller } from '@nestjs/common';
import type { InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { changesOperations as operations, type FeedRows } from '../../contract/index.js';
import { ChangeStore, WINDOW } from './change.store.js';

@Controller()
export class FeedRowsController {
  constructor(private readonly store: ChangeStore) {}

  @Operation(operations.feedRows)
  async feedRows({ workspace_id, after, limit, visible }: InputOf<typeof operations.feedRows>): Promise<FeedRows> {
    const { head, prunedTo, rows } = await this.store.read(workspace_id, after, limit, visible);
    const last = rows.at(-1);
    const isCut = last !== undefined && rows.length === limit;
    return { head, pruned_to: prunedTo, reached: isCut ? last.position : Math.min(head, after + WINDOW), rows };
  }
}
