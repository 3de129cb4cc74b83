// What this module hears of people: with the last member of a workspace, what is in it goes.
import { defineEvent, type Bus } from '@mono/bus';
import type { UserEvent } from '@mono/auth/contract';
import type { EraseWorkspace } from '../lists/erase-workspace.js';

type AccountDeleted = Pick<UserEvent, 'request_id' | 'workspace_ids'>;

class AccountDeletedEvent implements AccountDeleted {
  request_id: string;
  workspace_ids?: string[];
}

const accountDeleted = defineEvent({ module: 'auth', name: 'account_deleted', event: AccountDeletedEvent });

/** A large workspace takes a while; tried again, it goes on where it was. */
const TIMEOUT_MS = 10 * 60 * 1_000;
const ATTEMPTS = 20;

/** To be called before the bus starts. */
export function hearOfAccounts(bus: Bus, eraser: EraseWorkspace): void {
  const erase = async (body: unknown): Promise<void> => {
    const { workspace_ids = [], request_id } = body as AccountDeleted;
    for (const id of workspace_ids) await eraser.erase(id, request_id);
  };
  bus.onDurableEvent([accountDeleted], erase, {
    consumer: 'tasks-account-deleted',
    module: 'tasks',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
    attempts: ATTEMPTS,
  });
}
