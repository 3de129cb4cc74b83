import { Injectable } from '@nestjs/common';
import { Database, Periodically } from '@mono/platform';
import { pruneUsers } from '../persistence/prune-users.js';

const INTERVAL_MS = 10 * 60 * 1_000;

@Injectable()
export class UsersPruning {
  constructor(private readonly database: Database) {}

  @Periodically({ everyMs: INTERVAL_MS, atStart: true, failure: 'Failed to prune sessions and links' })
  prune(): Promise<void> {
    return pruneUsers(this.database);
  }
}
