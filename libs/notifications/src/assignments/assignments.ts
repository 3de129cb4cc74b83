// Periodic work on assignments: request their mails, prune.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Database,
  outbox,
  Periodically,
  PRUNING_INTERVAL_MS,
  type ConfigOf,
  type TransactionalExecutor,
} from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { notificationsEvents } from '../../contract/index.js';
import { findRecipients, pruneAssignments, settleAssignments, type Recipient } from '../persistence/assignments.js';
import { findPreferences } from '../persistence/preferences.js';
import { notificationsConfig } from '../settings.js';

const BATCH = 200;
/** While assignments go on, a mail is sent after this many delays. */
const LONGEST_DELAYS = 5;
/** Longer than a mail is retried. */
const KEPT_MS = 8 * 24 * 60 * 60_000;

@Injectable()
export class Assignments {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    @Inject(notificationsConfig.KEY) private readonly config: ConfigOf<typeof notificationsConfig>,
  ) {}

  /** @returns the number of requested mails. */
  @Periodically({
    every: ({ config }: Assignments) => config.REMINDERS_INTERVAL_SECONDS * 1_000,
    failure: 'Failed to scan for new assignments',
  })
  async announce(): Promise<number> {
    const delayMs = this.config.ASSIGNMENT_MAILS_DELAY_SECONDS * 1_000;
    for (let requested = 0; ;) {
      const recipients = await findRecipients(this.database, delayMs, delayMs * LONGEST_DELAYS, BATCH);
      for (const recipient of recipients) requested += Number(await this.announceTo(recipient));
      if (recipients.length < BATCH) return requested;
    }
  }

  /** The event commits with the assignments that it announces, so that concurrent nodes publish it once. */
  private announceTo(recipient: Recipient): Promise<boolean> {
    const { workspace_id, user_id } = recipient;
    return this.database.transaction(async (on) => {
      const { task_assigned: wanted } = await findPreferences(on, user_id);
      const id = uuidv7();
      const settled = await settleAssignments(on, recipient, wanted ? id : null);
      if (settled === 0 || !wanted) return false;
      await outbox.add(on, notificationsEvents.tasks_assigned, {
        id,
        aggregate: 'assignment_mail',
        aggregate_id: id,
        version: 1,
        workspace_id,
        actor: { kind: 'system', id: 'assignments' },
        request_id: 'assignments',
        changes: {},
        user_id,
      });
      on.afterCommit(() => this.signal.wake());
      return true;
    });
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune old assignments' })
  prune(): Promise<number> {
    return pruneAssignments(this.database, KEPT_MS);
  }
}
