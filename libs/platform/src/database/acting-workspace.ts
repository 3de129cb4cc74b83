// The workspace for which the current request or call runs its statements.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '@mono/contract';

const acting = new AsyncLocalStorage<string | undefined>();
/** The workspace id of a user without a workspace. */
const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';

/** The key of shares of connections: the workspace, or the caller without one. */
export function shareKeyOf({ workspaceId, id }: Pick<Principal, 'workspaceId' | 'id'>): string {
  return workspaceId === NO_WORKSPACE ? id : workspaceId;
}

/** @param key undefined for work of the installation. */
export function actingFor<T>(key: string | undefined, work: () => T): T {
  return acting.run(key, work);
}

export function currentShareKey(): string | undefined {
  return acting.getStore();
}
