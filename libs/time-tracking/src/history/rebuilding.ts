import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { clientOf } from '@mono/contract';
import { Database, Periodically } from '@mono/platform';
import { transitionsOperations, type TransitionsClient } from '@mono/tasks/contract';
import { rebuildSome } from './rebuild.js';

const INTERVAL_MS = 1_000;
/** A node that stops waits for the round. */
const PAGES_PER_ROUND = 20;

/** Does the rebuilds that were requested, on any node. */
@Injectable()
export class Rebuilding {
  private readonly log: TransitionsClient;

  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    bus: Bus,
  ) {
    this.log = clientOf(bus, transitionsOperations);
  }

  @Periodically({ everyMs: INTERVAL_MS, failure: 'Failed to rebuild the history from the task log; retrying' })
  async rebuild(): Promise<void> {
    for (let pages = 0; pages < PAGES_PER_ROUND; pages += 1) {
      if (!(await rebuildSome(this.database, this.signal, this.log))) return;
    }
  }
}
