// How far a caller reaches, by its credential.
import { readsOnlyOf, type Principal } from '@mono/contract';
import type { Reach } from './domain/reach.js';

export function reachOf(principal: Principal): Reach {
  const { workspaceId, listIds } = principal;
  return { workspaceId, listIds, personId: readsOnlyOf(principal, 'time:read') };
}
