import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import {
  contextOf,
  createTasksWorld,
  insertList,
  type TasksOperations,
  type TasksWorld,
} from '../../testing/tasks-world.js';
import { POSITION_OF_INBOX, positionOfNew } from '../domain/position.js';

let world: TasksWorld;
let api: TasksOperations;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());

const LOOKS = {
  color: '#2e7d32',
  icon: '🛒',
  default_view: 'board',
  default_order: 'due_at',
  default_order_dir: 'desc',
} as const;
const DEFAULTS = { color: null, icon: null, default_view: 'list', default_order: null, default_order_dir: 'asc' };

async function titles(me: CallContext, query: Parameters<TasksOperations['findLists']>[0] = {}): Promise<string[]> {
  const { items } = await api.findLists({ order_by: 'position', archived: 'all', ...query }, me);
  return items.map(({ title }) => title);
}

async function changesOf(id: string): Promise<Record<string, unknown>[]> {
  const rows = await world.database.query<{ payload: { event: string; changes: Record<string, unknown> } }>(
    'SELECT payload FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY version',
    [id],
  );
  return rows.map(({ payload }) => payload.changes);
}

describe('the looks of a list', () => {
  test('have defaults, are changed one by one, cleared by null, and set to defaults by a replacement', async () => {
    const me = contextOf(uuidv7());
    const plain = await api.createList({ title: 'Plain' }, me);
    expect(plain).toMatchObject({ ...DEFAULTS, archived_at: null, position: positionOfNew(plain.id) });
    const { id } = await api.createList({ title: 'Groceries', ...LOOKS }, me);
    expect(await api.getList({ id }, me)).toMatchObject({ ...LOOKS, version: 1 });

    expect(await api.updateList({ id, patch: { icon: null, default_view: 'table' } }, me)).toMatchObject({
      ...LOOKS,
      icon: null,
      default_view: 'table',
      version: 2,
    });
    expect(await api.replaceList({ id, title: 'Groceries' }, me)).toMatchObject({ ...DEFAULTS, version: 3 });
    expect(await changesOf(id)).toEqual([
      expect.objectContaining({ color: { from: null, to: '#2e7d32' }, default_order: { from: null, to: 'due_at' } }),
      { icon: { from: '🛒', to: null }, default_view: { from: 'board', to: 'table' } },
      {
        color: { from: '#2e7d32', to: null },
        default_view: { from: 'table', to: 'list' },
        default_order: { from: 'due_at', to: null },
        default_order_dir: { from: 'desc', to: 'asc' },
      },
    ]);
  });

  test('come back from the trash, with place and archive', async () => {
    const me = contextOf(uuidv7());
    const first = await api.createList({ title: 'First' }, me);
    const { id } = await api.createList({ title: 'Groceries', ...LOOKS, before: first.id }, me);
    const before = await api.updateList({ id, patch: { archived: true } }, me);
    await api.deleteList({ id }, me);
    await world.trash().restoreFromTrash({ id }, me);
    const { version, updated_at, ...restored } = await api.getList({ id }, me);
    expect(before).toMatchObject(restored);
    expect(version).toBe(4);
    expect(updated_at >= before.updated_at).toBe(true);
    expect((await changesOf(id)).at(-1)).toMatchObject({
      color: { from: null, to: '#2e7d32' },
      archived: { from: null, to: true },
      position: { from: null, to: before.position },
    });
  });

  test('are the defaults for what the previous release has put into the trash', async () => {
    const me = contextOf(uuidv7());
    const { id } = await api.createList({ title: 'Groceries', ...LOOKS }, me);
    await api.deleteList({ id }, me);
    await world.database.query(
      `UPDATE tasks.trash SET content = json_build_object('title_policy', 'unique', 'description', 'Old', 'created_at', now())
       WHERE id = $1`,
      [id],
    );
    await world.trash().restoreFromTrash({ id }, me);
    expect(await api.getList({ id }, me)).toMatchObject({
      ...DEFAULTS,
      title_policy: 'unique',
      description: 'Old',
      archived_at: null,
      position: positionOfNew(id),
    });
  });
});

describe('the order of lists', () => {
  test('begins with the Inbox, then goes by creation, until somebody moves one', async () => {
    const me = contextOf(uuidv7());
    const a = await api.createList({ title: 'A' }, me);
    const b = await api.createList({ title: 'B' }, me);
    const { list_id: inbox } = await api.createTask({ title: 'Task' }, me);
    expect((await api.getList({ id: inbox }, me)).position).toBe(POSITION_OF_INBOX);
    expect(await titles(me)).toEqual(['Inbox', 'A', 'B']);

    await api.updateList({ id: b.id, patch: { before: inbox } }, me);
    const c = await api.createList({ title: 'C', after: a.id }, me);
    await api.createList({ title: 'D' }, me);
    await api.createList({ title: 'E', before: c.id }, me);
    expect(await titles(me)).toEqual(['B', 'Inbox', 'A', 'E', 'C', 'D']);
    await api.replaceList({ id: b.id, title: 'B!' }, me);
    expect(await titles(me, { order_dir: 'desc' })).toEqual(['D', 'C', 'E', 'A', 'Inbox', 'B!']);
    expect(await changesOf(b.id)).toMatchObject([{}, { position: { from: b.position } }, { title: { to: 'B!' } }]);
  });

  test('has room for a list that the previous release creates', async () => {
    const me = contextOf(uuidv7());
    await api.createList({ title: 'A' }, me);
    const old = await insertList(world.database, me.principal.workspaceId);
    await api.createList({ title: 'B', before: old }, me);
    expect(await titles(me)).toEqual(['A', 'B', 'List']);
    expect((await api.getList({ id: old }, me)).position).toBe(positionOfNew(old));
  });

  test('survives moves to one place at the same time', async () => {
    const me = contextOf(uuidv7());
    const anchor = await api.createList({ title: 'Anchor' }, me);
    const lists = await Promise.all(
      Array.from({ length: 12 }, (_, index) => api.createList({ title: `${index}` }, me)),
    );
    await Promise.all(lists.map(({ id }) => api.updateList({ id, patch: { before: anchor.id } }, me)));
    const { items } = await api.findLists({ order_by: 'position' }, me);
    expect(items.at(-1)?.title).toBe('Anchor');
    expect(new Set(items.map(({ position }) => position)).size).toBe(13);
  });

  test('gives a restored list the next free place when its own is taken', async () => {
    const me = contextOf(uuidv7());
    const a = await api.createList({ title: 'A' }, me);
    const b = await api.createList({ title: 'B', before: a.id }, me);
    await api.deleteList({ id: b.id }, me);
    const c = await api.createList({ title: 'C', before: a.id }, me);
    expect(c.position).toBe(b.position);
    await world.trash().restoreFromTrash({ id: b.id }, me);
    expect(await titles(me)).toEqual(['C', 'B', 'A']);
  });

  test('knows neither a list of another workspace nor one out of reach, nor two neighbours', async () => {
    const me = contextOf(uuidv7());
    const list = await api.createList({ title: 'List' }, me);
    const hidden = await api.createList({ title: 'Hidden' }, me);
    const foreign = await api.createList({ title: 'Foreign' }, contextOf(uuidv7()));
    const limited = { ...me, principal: { ...me.principal, listIds: [list.id] } };
    const refused = { code: 'validation_error', details: [expect.objectContaining({ field: 'before' })] };
    for (const before of [foreign.id, list.id, uuidv7()]) {
      await expect(api.updateList({ id: list.id, patch: { before } }, me)).rejects.toMatchObject(refused);
    }
    await expect(api.updateList({ id: list.id, patch: { before: hidden.id } }, limited)).rejects.toMatchObject(refused);
    await expect(
      api.updateList({ id: list.id, patch: { before: hidden.id, after: hidden.id } }, me),
    ).rejects.toMatchObject({ details: [{ field: 'after', issue: 'goes without before' }] });
  });
});

describe('the filters of lists', () => {
  test('find a part of the title in any case and normalisation', async () => {
    const me = contextOf(uuidv7());
    for (const title of ['Straße', 'ÉTÉ', 'Σίσυφος', 'İstanbul', 'ılık', '50%_off', 'Weiẞ'])
      await api.createList({ title }, me);
    const found = (title_contains: string) => titles(me, { title_contains });
    expect(await found('STRASSE')).toEqual(['Straße']);
    expect(await found('e\u0301t')).toEqual(['ÉTÉ']);
    expect(await found('ΦΟΣ')).toEqual(['Σίσυφος']);
    expect(await found('i\u0307st')).toEqual(['İstanbul']);
    expect(await found('I')).toEqual(['İstanbul', 'Weiẞ']);
    expect(await found('ILIK')).toEqual([]);
    expect(await found('ılı')).toEqual(['ılık']);
    expect(await found('%_')).toEqual(['50%_off']);
    expect(await found('weiss')).toEqual(['Weiẞ']);
    expect(await found('nothing')).toEqual([]);
  });

  test('take the instant of creation: before excludes, after includes', async () => {
    const me = contextOf(uuidv7());
    const { created_at } = await api.createList({ title: 'List' }, me);
    const later = new Date(Date.parse(created_at) + 1).toISOString().toLowerCase();
    expect(await titles(me, { created_after: created_at })).toEqual(['List']);
    expect(await titles(me, { created_after: later })).toEqual([]);
    expect(await titles(me, { created_before: created_at })).toEqual([]);
    expect(await titles(me, { created_before: later })).toEqual(['List']);
  });

  test('bind the cursor, and count what they find', async () => {
    const me = contextOf(uuidv7());
    for (const title of ['A 1', 'A 2', 'A 3', 'B']) await api.createList({ title }, me);
    const query = { title_contains: 'a', order_by: 'position', limit: 2 } as const;
    const first = await api.findLists({ ...query, count: 'exact' }, me);
    expect(first.page.total).toBe(3);
    const cursor = first.page.next_cursor ?? '';
    expect((await api.findLists({ ...query, cursor }, me)).items.map(({ title }) => title)).toEqual(['A 3']);
    for (const other of [{ title_contains: 'b' }, { order_by: 'title' as const }, { archived: 'all' as const }]) {
      await expect(api.findLists({ ...query, ...other, cursor }, me)).rejects.toMatchObject({
        code: 'validation_error',
      });
    }
  });
});

describe('an archived list', () => {
  test('is hidden from the lists, and returns', async () => {
    const me = contextOf(uuidv7());
    const { id } = await api.createList({ title: 'Old' }, me);
    await api.createList({ title: 'New' }, me);
    const archived = await api.updateList({ id, patch: { archived: true } }, me);
    expect(archived.archived_at).toBe(archived.updated_at);
    expect((await api.findLists({}, me)).items.map(({ title }) => title)).toEqual(['New']);
    expect(await titles(me, { archived: 'true' })).toEqual(['Old']);
    expect(await titles(me)).toEqual(['Old', 'New']);
    const same = await api.updateList({ id, patch: { archived: true, color: '#000000' } }, me);
    expect(same.archived_at).toBe(archived.archived_at);
    expect(await api.replaceList({ id, title: 'Old', archived: true, color: '#000000' }, me)).toEqual(same);
    expect(await api.replaceList({ id, title: 'Old' }, me)).toMatchObject({ archived_at: null, version: 4 });
    expect(await changesOf(id)).toMatchObject([
      { archived: { from: null, to: false } },
      { archived: { from: false, to: true } },
      { color: {} },
      { archived: { from: true, to: false } },
    ]);
  });

  test('is never the Inbox', async () => {
    const me = contextOf(uuidv7());
    const { list_id: id } = await api.createTask({ title: 'Task' }, me);
    const refused = { code: 'inbox_not_archivable' };
    await expect(api.updateList({ id, patch: { archived: true } }, me)).rejects.toMatchObject(refused);
    await expect(api.replaceList({ id, title: 'In', archived: true }, me)).rejects.toMatchObject(refused);
    expect(await api.getList({ id }, me)).toMatchObject({ archived_at: null, version: 1 });
  });
});
