import type { ChangeAudience, PlacedChange } from '@mono/contract';
import { seenBy, seenChanges, type Reach } from './seen-event.js';

const moved: PlacedChange = { change: 'updated', listId: 'b', fromListId: 'a' };

const within = (...lists: string[]): Reach => ({ creatorLists: lists, listId: null });
const all: Reach = { creatorLists: null, listId: null };

test.each<[string, PlacedChange, Reach, string | undefined]>([
  ['without a limit', moved, all, 'as_is'],
  ['in both lists', moved, within('a', 'b'), 'as_is'],
  ['moved out', moved, within('a'), 'deleted'],
  ['moved in', moved, within('b'), 'created'],
  ['elsewhere', moved, within('c'), undefined],
  ['without lists', moved, within(), undefined],
  ['moved out of the list of the webhook', moved, { creatorLists: null, listId: 'a' }, 'deleted'],
  ['moved into a list that the creator may not read', moved, { creatorLists: ['a'], listId: 'b' }, undefined],
  ['created in the list', { change: 'created', listId: 'a', fromListId: null }, within('a'), 'as_is'],
  ['created elsewhere', { change: 'created', listId: 'b', fromListId: null }, within('a'), undefined],
  ['deleted in the list', { change: 'deleted', listId: null, fromListId: 'a' }, within('a'), 'as_is'],
  ['deleted elsewhere', { change: 'deleted', listId: null, fromListId: 'b' }, within('a'), undefined],
  ['restored in the list', { change: 'restored', listId: 'a', fromListId: null }, within('a'), 'as_is'],
  ['of an unknown list', { change: 'updated', listId: null, fromListId: null }, within('a'), undefined],
])('a thing %s', (_what, placed, reach, seen) => {
  expect(seenBy(placed, 'list', reach)).toBe(seen);
});

test.each<[ChangeAudience, Reach, string | undefined]>([
  ['workspace', all, 'as_is'],
  ['workspace', within('a'), 'as_is'],
  ['workspace', { creatorLists: null, listId: 'a' }, undefined],
  ['unlimited', all, 'as_is'],
  ['unlimited', within('a'), undefined],
  ['unlimited', { creatorLists: null, listId: 'a' }, undefined],
  ['itself', within('b'), 'created'],
  ['user', all, undefined],
])('a thing for %s, %j', (audience, reach, seen) => {
  expect(seenBy(moved, audience, reach)).toBe(seen);
});

test('what moves out shows no new values, and what moves in no old ones', () => {
  const changes = { title: { from: 'old', to: 'new' }, list_id: { from: 'a', to: 'b' } };
  expect(seenChanges(changes, 'deleted')).toEqual({});
  expect(seenChanges(changes, 'created')).toEqual({
    title: { from: null, to: 'new' },
    list_id: { from: null, to: 'b' },
  });
  expect(seenChanges(changes, 'as_is')).toBe(changes);
});
