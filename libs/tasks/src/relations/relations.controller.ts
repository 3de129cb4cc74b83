// The use cases of relations between tasks.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, once, Operation, RetryingDatabase } from '@mono/platform';
import { relationsOperations, type Relation, type RelationPage } from '../../contract/index.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { findRelations } from './find-relations.js';
import { relateTasks, unrelateTasks } from './relate-tasks.js';

@Controller()
export class RelationsController {
  constructor(
    private readonly database: Database,
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
  ) {}

  @Operation(relationsOperations.createRelation)
  createRelation(input: InputOf<typeof relationsOperations.createRelation>, call: CallContext): Promise<Relation> {
    // A stored answer is not shown to a caller who has been limited since.
    const asked = { ...input, list_ids: call.principal.listIds ?? null };
    return once(this.writes, relationsOperations.createRelation, call, asked, (on) =>
      inTransaction(on, async (transaction) => {
        transaction.afterCommit(() => this.signal.wake());
        return relateTasks(transaction, call, input);
      }),
    );
  }

  @Operation(relationsOperations.findRelations)
  findRelations(input: InputOf<typeof relationsOperations.findRelations>, call: CallContext): Promise<RelationPage> {
    return findRelations(this.database, call, input);
  }

  @Operation(relationsOperations.deleteRelation)
  async deleteRelation(input: InputOf<typeof relationsOperations.deleteRelation>, call: CallContext): Promise<void> {
    await this.writes.transaction(async (on) => {
      on.afterCommit(() => this.signal.wake());
      await unrelateTasks(on, call, input);
    });
  }
}
