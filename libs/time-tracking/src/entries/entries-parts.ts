import { Inject, Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { OutboxSignal } from '@mono/bus/outbox';
import { RetryingDatabase } from '@mono/platform';
import { TASKS, type AskTask } from '../history/known-task.js';

/** The dependencies of the use cases of entries. */
@Injectable()
export class EntriesParts {
  constructor(
    /** Writers lock in one order: workspace, person, entry. An exclusion constraint may still let two wait for each other. */
    readonly database: RetryingDatabase,
    readonly signal: OutboxSignal,
    @Inject(TASKS) readonly tasks: AskTask,
    @Inject(MembersClient) readonly members: Pick<MembersClient, 'membersAmong'>,
  ) {}
}
