// A change as a caller sees it: one who follows some lists sees a thing that moves out of them as deleted, and one that moves
// into them as created. In the same way, others see an owned thing that becomes personal as deleted, and one that is shared as created.
import { seenInLists } from '@mono/contract';
import { Change, type FeedRow } from '../../contract/index.js';
import type { Visible } from './thing-types.js';

export type Caller = Pick<Visible, 'listed' | 'lists' | 'own' | 'userId'> & { workspaceId: string };

export function seenChange(row: FeedRow, { listed, lists, own, userId, workspaceId }: Caller): Change {
  const { type, change, list_id: listId, from_list_id: fromListId } = row;
  if (own.includes(type)) return seenOwned(row, userId === null ? [workspaceId] : [workspaceId, userId]);
  const seen = listed.includes(type) ? seenInLists({ change, listId, fromListId }, lists) : 'as_is';
  if (seen === 'deleted') return toChange({ ...row, fields: [] }, 'deleted', fromListId);
  if (seen === 'created') return toChange(row, 'created', listId);
  return toChange(row, change, listId ?? fromListId);
}

/** A thing that is the user itself is in no place. */
function seenOwned(row: FeedRow, places: readonly string[]): Change {
  const { change, list_id: listId, from_list_id: fromListId } = row;
  const seen = seenInLists({ change, listId, fromListId }, places) ?? 'as_is';
  const isGone = seen === 'deleted';
  return toChange(isGone ? { ...row, fields: [] } : row, seen === 'as_is' ? change : seen, null);
}

function toChange(row: FeedRow, change: string, listId: string | null): Change {
  return {
    id: row.event_id,
    type: row.type,
    thing_id: row.thing_id,
    change,
    version: row.version,
    list_id: listId,
    fields: row.fields,
    keys: row.keys,
    actor: { kind: row.actor_kind, id: row.actor_id },
    origin: row.origin,
    request_id: row.request_id,
    occurred_at: row.occurred_at,
  };
}

/** The one with the higher version, with the fields of both. A created thing that was updated since is still `created`. */
export function merged(earlier: Change, later: Change): Change {
  const last = later.version >= earlier.version ? later : earlier;
  const first = last === later ? earlier : later;
  const isNew = first.change === 'created' && last.change === 'updated';
  return Object.assign(new Change(), last, {
    change: isNew ? 'created' : last.change,
    fields: last.change === 'deleted' ? last.fields : [...new Set([...first.fields, ...last.fields])],
  });
}
