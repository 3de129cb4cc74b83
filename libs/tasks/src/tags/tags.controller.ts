// The use cases of tags. Changing one changes every task that carries it.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf } from '@mono/contract';
import { once, Operation, RetryingDatabase } from '@mono/platform';
import { tagsOperations, type TagChange, type TagPage } from '../../contract/index.js';
import { requireWholeWorkspace } from '../domain/reach.js';
import { FindTags } from '../find-tasks/find-tags.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { deleteTag, mergeTag, renameTag } from './change-tag.js';

const TAGS = 'a tag is changed wherever it stands';

@Controller()
export class TagsController {
  constructor(
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly finder: FindTags,
  ) {}

  @Operation(tagsOperations.findTags)
  findTags(query: InputOf<typeof tagsOperations.findTags>, call: CallContext): Promise<TagPage> {
    return this.finder.findTags(call, query);
  }

  @Operation(tagsOperations.renameTag)
  async renameTag({ name, patch }: InputOf<typeof tagsOperations.renameTag>, call: CallContext): Promise<TagChange> {
    requireWholeWorkspace(call.principal, TAGS);
    return this.writes.transaction(async (on) => {
      on.afterCommit(() => this.signal.wake());
      return renameTag(on, call, name, patch.name);
    });
  }

  @Operation(tagsOperations.mergeTag)
  async mergeTag({ name, into }: InputOf<typeof tagsOperations.mergeTag>, call: CallContext): Promise<TagChange> {
    requireWholeWorkspace(call.principal, TAGS);
    return once(this.writes, tagsOperations.mergeTag, call, { name, into }, (on) =>
      inTransaction(on, async (transaction) => {
        transaction.afterCommit(() => this.signal.wake());
        return mergeTag(transaction, call, name, into);
      }),
    );
  }

  @Operation(tagsOperations.deleteTag)
  async deleteTag({ name }: InputOf<typeof tagsOperations.deleteTag>, call: CallContext): Promise<TagChange> {
    requireWholeWorkspace(call.principal, TAGS);
    return this.writes.transaction(async (on) => {
      on.afterCommit(() => this.signal.wake());
      return deleteTag(on, call, name);
    });
  }
}
