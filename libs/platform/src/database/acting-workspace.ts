// For whom the code at hand works: the workspace of the request or call, wherever a statement of it runs.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '@mono/contract';

const acting = new AsyncLocalStorage<string | undefined>();
/** Of a user who acts in no workspace. */
const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';

/** What shares of connections are counted by: the workspace, or the caller who acts in none. */
export function shareKeyOf({ workspaceId, id }: Pick<Principal, 'workspaceId' | 'id'>): string {
  return workspaceId === NO_WORKSPACE ? id : workspaceId;
}

/** @param key undefined: work of the installation itself. */
export function actingFor<T>(key: string | undefined, work: () => T): T {
  return acting.run(key, work);
}

export function currentShareKey(): string | undefined {
  return acting.getStore();
}
