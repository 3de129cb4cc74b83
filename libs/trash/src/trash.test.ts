// The trash of owners that do not exist: a bakery of loaves and an observatory of stars.
import type { BusContext } from '@mono/bus';
import { clientOf, DomainError, UnavailableError, type CallContext, type ClientOf } from '@mono/contract';
import { nodeForTests, controllersOf, localBus } from '@mono/platform/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { uuidv7 } from 'uuidv7';
import {
  trashErrors,
  trashOperations,
  trashOperationsOf,
  type FindTrash,
  type FoundTrash,
  type RestoredThing,
  type TrashItem,
  type TrashOperations,
} from '../contract/index.js';
import { TrashModule } from '../module.js';

const bakery = trashOperationsOf('bakery', ['loaf', 'roll']);
const observatory = trashOperationsOf('observatory', ['star']);

class FakeOwner {
  items: TrashItem[] = [];
  asked: FindTrash[] = [];
  callers: string[] = [];
  failure: Error | undefined;

  constructor(
    readonly operations: TrashOperations,
    readonly types: readonly string[],
  ) {}

  find(query: FindTrash, caller: string): FoundTrash {
    this.enter(caller);
    this.asked.push(query);
    const { types, after, limit, q } = query;
    const all = this.items
      .filter(({ type, title }) => (types?.includes(type) ?? true) && title.includes(q ?? ''))
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));
    const later = after ? all.filter((item) => keyOf(item) < keyOf(after)) : all;
    return { items: later.slice(0, limit), total: query.count === true ? all.length : null };
  }

  restore(id: string, caller: string): RestoredThing | null {
    this.enter(caller);
    const item = this.items.find((one) => one.id === id);
    if (!item) return null;
    if (item.title === 'Taken') throw trashErrors.title_taken({ title: item.title });
    return { id, type: item.type, title: item.title, list_id: null, version: 3, holds: {} };
  }

  remove(id: string, caller: string): boolean {
    this.enter(caller);
    return this.items.some((one) => one.id === id);
  }

  private enter(caller: string): void {
    this.callers.push(caller);
    if (this.failure) throw this.failure;
  }
}

let owners: [FakeOwner, FakeOwner];
let node: TestingModule;
let api: ClientOf<typeof trashOperations>;
let me: CallContext;

beforeEach(async () => {
  owners = [new FakeOwner(bakery, ['loaf', 'roll']), new FakeOwner(observatory, ['star'])];
  const asked = localBus();
  for (const owner of owners) {
    const { findTrash, restoreFromTrash, deleteFromTrash } = owner.operations;
    asked.handle(findTrash, (query, context) => Promise.resolve(owner.find(query as FindTrash, callerOf(context))));
    asked.handle(restoreFromTrash, (input, context) =>
      Promise.resolve({ restored: owner.restore((input as TrashItem).id, callerOf(context)) }),
    );
    asked.handle(deleteFromTrash, (input, context) =>
      Promise.resolve({ deleted: owner.remove((input as TrashItem).id, callerOf(context)) }),
    );
  }
  const operations = [trashOperations, bakery, observatory];
  node = await Test.createTestingModule({
    imports: [nodeForTests({ databases: {}, bus: asked, operations }), TrashModule],
  }).compile();
  api = clientOf(localBus(...controllersOf(node)), trashOperations);
  me = {
    principal: { kind: 'user', id: 'me', workspaceId: uuidv7(), scopes: ['*'] },
    requestId: 'test',
  };
});
afterEach(() => node?.close());

function callerOf({ principal }: BusContext): string {
  return (principal as { id?: string } | undefined)?.id ?? '';
}

function keyOf({ deleted_at, id }: Pick<TrashItem, 'deleted_at' | 'id'>): string {
  return `${deleted_at} ${id}`;
}

function item(type: string, second: number, title = 'Thing'): TrashItem {
  return {
    id: uuidv7(),
    type,
    title,
    list_id: null,
    deleted_at: new Date(Date.UTC(2026, 4, 1, 9, 0, second)).toISOString(),
    deleted_by: { kind: 'user', id: 'me' },
    holds: {},
    expires_at: '2026-06-01T09:00:00.000Z',
  };
}

async function pages(limit: number, more: object = {}): Promise<TrashItem[]> {
  const seen: TrashItem[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: TrashItem[]; page: { next_cursor: string | null } } = await api.findTrash(
      { limit, ...more, ...(cursor !== null && { cursor }) },
      me,
    );
    seen.push(...page.items);
    cursor = page.page.next_cursor;
  } while (cursor !== null);
  return seen;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

test.each([1, 2, 7, 150, 500])('what the owners have comes in one order, %d at a time', async (limit) => {
  const [loaves, stars] = owners;
  // Equal instants are told apart by the id.
  loaves.items = Array.from({ length: 450 }, (_, index) => item(index % 2 ? 'loaf' : 'roll', index % 40));
  stars.items = Array.from({ length: 230 }, (_, index) => item('star', index % 50));
  const wanted = [...loaves.items, ...stars.items].toSorted((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));
  const most = limit < 10 ? { types: ['star'], q: 'Thing' } : {};
  const expected = limit < 10 ? wanted.filter(({ type }) => type === 'star') : wanted;
  expect((await pages(limit, most)).map(keyOf)).toEqual(expected.map(keyOf));
});

test('the total is that of all owners, and only owners of the types are asked', async () => {
  const [loaves, stars] = owners;
  loaves.items = [item('loaf', 1), item('roll', 2)];
  stars.items = [item('star', 3)];
  expect((await api.findTrash({ count: 'exact' }, me)).page.total).toBe(3);
  expect((await api.findTrash({ count: 'exact', types: ['roll'] }, me)).page.total).toBe(1);
  stars.asked = [];
  expect((await api.findTrash({ types: ['loaf'] }, me)).items).toHaveLength(1);
  expect(stars.asked).toEqual([]);
  await expect(api.findTrash({ types: ['loaf', 'planet'] }, me)).rejects.toMatchObject({
    details: [{ field: 'types', issue: 'each item must be one of loaf, roll, star' }],
  });
});

test('a cursor belongs to its filter', async () => {
  owners[0].items = [item('loaf', 1), item('loaf', 2)];
  const { page } = await api.findTrash({ limit: 1 }, me);
  await expect(api.findTrash({ limit: 1, cursor: page.next_cursor ?? '', q: 'T' }, me)).rejects.toMatchObject({
    details: [{ field: 'cursor' }],
  });
});

test('the owner that has a thing restores it, on behalf of the caller', async () => {
  const star = item('star', 1);
  owners[1].items = [star];
  expect(await api.restoreFromTrash({ id: star.id }, me)).toMatchObject({ id: star.id, type: 'star', version: 3 });
  await api.deleteFromTrash({ id: star.id }, me);
  expect(owners[1].callers).toEqual(['me', 'me']);
});

test('a thing that nobody has is not found, and an error of its owner is that of the answer', async () => {
  expect(await codeOf(api.restoreFromTrash({ id: uuidv7() }, me))).toBe('trash_item_not_found');
  expect(await codeOf(api.deleteFromTrash({ id: uuidv7() }, me))).toBe('trash_item_not_found');
  const taken = item('loaf', 1, 'Taken');
  owners[0].items = [taken];
  expect(await codeOf(api.restoreFromTrash({ id: taken.id }, me))).toBe('title_taken');
});

test('while an owner is unavailable, nothing is partial, and what others have is restored', async () => {
  const [loaves, stars] = owners;
  const star = item('star', 1);
  stars.items = [star];
  loaves.failure = new UnavailableError('The bakery is closed.');
  expect(await codeOf(api.findTrash({}, me))).toBe('unavailable');
  expect(await codeOf(api.findTrash({ types: ['star'] }, me))).toBe('ok');
  expect(await codeOf(api.restoreFromTrash({ id: star.id }, me))).toBe('ok');
  expect(await codeOf(api.restoreFromTrash({ id: uuidv7() }, me))).toBe('unavailable');
  expect(await codeOf(api.deleteFromTrash({ id: uuidv7() }, me))).toBe('unavailable');
});
