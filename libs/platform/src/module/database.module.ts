// A feature's own database: `Database` in its providers is the one with its schema.
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import { pruneIdempotency } from '../idempotency/prune-idempotency.js';
import { schemaOf } from './feature.js';
import { OpenDatabases } from './node-tokens.js';
import { Periodically } from './periodic-work.js';
import { PRUNING_INTERVAL_MS } from './pruning.js';

export interface DatabaseOptions {
  /** The feature. */
  module: string;
  /** Whether it has the table of `createIdempotencyV1`, from which old keys are then pruned. */
  idempotency?: boolean;
}

class IdempotencyPruning {
  constructor(
    private readonly database: Executor,
    private readonly schema: string,
  ) {}

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune idempotency keys' })
  prune(): Promise<number> {
    return pruneIdempotency(this.database, this.schema);
  }
}

@Module({})
export class DatabaseModule {
  static forFeature({ module, idempotency = false }: DatabaseOptions): DynamicModule {
    const providers: Provider[] = [
      { provide: Database, inject: [OpenDatabases], useFactory: (all: OpenDatabases) => all.of(module) },
    ];
    if (idempotency)
      providers.push({
        provide: IdempotencyPruning,
        inject: [Database],
        useFactory: (database: Database) => new IdempotencyPruning(database, schemaOf(module)),
      });
    return { module: DatabaseModule, providers, exports: [Database] };
  }
}
