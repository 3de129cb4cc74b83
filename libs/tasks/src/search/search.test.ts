// The search of a workspace: tasks and lists of this module, and the stars of an observatory.
import { clientOf, UnavailableError, type CallContext, type ClientOf } from '@mono/contract';
import { controllersOf, localBus, nodeForTests } from '@mono/platform/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import * as fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import {
  searchOperations,
  searchOperationsOf,
  tasksSearchOperations,
  type FindMatches,
  type SearchItem,
  type SearchResults,
} from '../../contract/index.js';
import {
  createTasksWorld,
  insertTasks,
  taskSeed,
  type TasksOperations,
  type TasksWorld,
} from '../../testing/tasks-world.js';
import { callers, limitedTo } from '../../testing/trash.js';
import { TasksModule } from '../../module.js';

const observatory = searchOperationsOf('observatory', ['stars']);

let world: TasksWorld;
let node: TestingModule;
let api: TasksOperations;
let search: ClientOf<typeof searchOperations>;
let me: CallContext;
let stranger: CallContext;
let list: string;
let stars: SearchItem[];
let asked: FindMatches[];
let failure: Error | undefined;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  const bus = localBus();
  node = await Test.createTestingModule({
    imports: [
      nodeForTests({
        databases: { tasks: world.database },
        bus,
        operations: [tasksSearchOperations, observatory, searchOperations],
      }),
      TasksModule,
    ],
  }).compile();
  const own = localBus(...controllersOf(node));
  search = clientOf(own, searchOperations);
  bus.handle(tasksSearchOperations.findMatches, (query, { principal }) =>
    clientOf(own, tasksSearchOperations).findMatches(query as FindMatches, { ...me, principal } as CallContext),
  );
  bus.handle(observatory.findMatches, (query) => {
    asked.push(query as FindMatches);
    return failure ? Promise.reject(failure) : Promise.resolve({ items: stars });
  });
});
afterAll(async () => {
  await node?.close();
  await world?.end();
});
beforeEach(async () => {
  ({ me, stranger } = callers());
  stars = [];
  asked = [];
  failure = undefined;
  list = (await api.createList({ title: 'Haus und Garten' }, me)).id;
});

function star(score: number): SearchItem {
  const id = uuidv7();
  const nothing = { snippet: null, list_id: null, task_id: null, status: null, at: null };
  return { ...nothing, kind: 'star', id, title: 'Star', href: `/v1/stars/${id}`, score };
}

function make(title: string, more: object = {}): Promise<{ id: string }> {
  return api.createTask({ title, list_id: list, ...more }, me);
}

const found = (q: string, more: object = {}, call = me): Promise<SearchResults> => search.search({ q, ...more }, call);
const titles = async (q: string, more: object = {}, call = me): Promise<string[]> =>
  (await found(q, more, call)).items.map(({ title }) => title);

const at = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
const fernsOf = async (more: object): Promise<string[]> => (await found('fern', more)).items.map(({ id }) => id);

describe('relevance', () => {
  test('a whole title comes before a part of one, tags before descriptions, and what is done last', async () => {
    await make('Paint it', { description: 'The garden, too, next to the window.' });
    await make('Garden', { status: 'done' });
    await make('Tagged', { tags: ['garden'] });
    await make('Water the garden every day');
    await make('Garden');
    expect(await titles('garden', { kinds: ['tasks'] })).toEqual([
      'Garden',
      'Water the garden every day',
      'Garden',
      'Tagged',
      'Paint it',
    ]);
  });

  test('kinds come in one order, with a link and what shows why', async () => {
    const { id } = await make('Gartentor', {
      description: `${'Zuerst. '.repeat(40)}Der Garten!`,
      due_on: '2030-01-01',
    });
    stars = [star(0.99), star(0.001)];
    const { items, similar, more } = await found('GARTEN');
    expect(items.map(({ kind }) => kind)).toEqual(['star', 'task', 'list', 'star']);
    expect([similar, more]).toEqual([false, false]);
    expect(items[1]).toEqual({
      kind: 'task',
      id,
      title: 'Gartentor',
      snippet: expect.stringMatching(/^….*Der Garten!$/),
      list_id: list,
      task_id: null,
      status: 'todo',
      at: expect.stringMatching(/^2030-01-01T23:59/),
      href: `/v1/tasks/${id}`,
      score: expect.any(Number),
    });
    expect(items[2]).toMatchObject({ id: list, list_id: null, href: `/v1/lists/${list}`, snippet: null, status: null });
    const scores = items.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
  });

  test('more than are asked for are said to be there', async () => {
    for (const title of ['One stone', 'Two stone', 'Three stone']) await make(title);
    expect(await found('stone', { limit: 3 })).toMatchObject({ more: false });
    expect(await found('stone', { limit: 2 })).toMatchObject({ more: true, items: { length: 2 } });
  });
});

describe('words', () => {
  test.each([
    ['grosse', ['Größe messen']],
    ['GRÖSSE', ['Größe messen']],
    ['größe mes', ['Größe messen']],
    ['window -christmas', ['Clean the window']],
    ['"the window"', ['Clean the window']],
    ['-window', []],
    ['!!', []],
  ])('%s', async (q, expected) => {
    for (const title of ['Größe messen', 'Decorate the Christmas window', 'Clean the window']) await make(title);
    expect(await titles(q)).toEqual(expected);
  });

  test('similar ones are found where nothing matches', async () => {
    for (const title of ['Clean the window', 'Weihnachten planen', 'Größe messen']) await make(title);
    expect(await found('clean windwo')).toMatchObject({ similar: true, items: [{ title: 'Clean the window' }] });
    expect(await titles('weinachten')).toEqual(['Weihnachten planen']);
    expect(await titles('groese')).toEqual(['Größe messen']);
    expect(await titles('hause garden')).toEqual(['Haus und Garten']);
    expect(await titles('windwo -clean')).toEqual([]);
    expect(await found('xyzzy')).toEqual({ items: [], similar: false, more: false });
    asked = [];
    expect(await found('window')).toMatchObject({ similar: false });
    expect(asked.map(({ similar }) => similar)).toEqual([undefined]);
  });

  test('without the extension nothing is similar, and that is no error', async () => {
    await make('Clean the window');
    await world.database.query('ALTER EXTENSION pg_trgm SET SCHEMA tasks');
    expect(await titles('windwo')).toEqual(['Clean the window']);
    await world.database.query('DROP EXTENSION pg_trgm');
    expect(await found('windwo')).toEqual({ items: [], similar: false, more: false });
    await world.database.query('CREATE EXTENSION pg_trgm');
  });

  test('never fail, whatever is asked', async () => {
    await make('Clean the window', { description: 'a-b/c', tags: ['x'] });
    const anything = fc.oneof(
      fc
        .array(
          fc.constantFrom(
            "'",
            '"',
            '\\',
            ':',
            '*',
            '&',
            '|',
            '!',
            '<->',
            '(',
            '<',
            '-',
            '@',
            '/',
            'a',
            'window',
            ' ',
            '%',
            '\n',
          ),
          {
            minLength: 1,
            maxLength: 40,
          },
        )
        .map((parts) => parts.join('')),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
    );
    await fc.assert(
      fc.asyncProperty(
        anything.filter((q) => q.trim() !== '' && q.length <= 200 && !q.includes('\u0000') && q.isWellFormed()),
        async (q) => expect(await found(q)).toHaveProperty('items'),
      ),
      { numRuns: 100 },
    );
  });
});

describe('bounds', () => {
  test('a word that very many tasks have finds the most relevant of the latest as well', async () => {
    const { workspaceId } = me.principal;
    const seeds = Array.from({ length: 5_200 }, (_, index) =>
      taskSeed({ workspace_id: workspaceId, list_id: list, title: `Common thing ${index}`, updated_at: at(index) }),
    );
    const last = taskSeed({ workspace_id: workspaceId, list_id: list, title: 'Common', updated_at: at(5_300) });
    await insertTasks(world.database, [...seeds, last]);
    const { items, more } = await found('common', { kinds: ['tasks'], limit: 5 });
    expect(items[0]?.id).toBe(last.id);
    expect([items.length, new Set(items.map(({ id }) => id)).size, more]).toEqual([5, 5, true]);
  });

  test('archived and cancelled tasks are left out, and of a series the next occurrence shows', async () => {
    const { workspaceId } = me.principal;
    const series = { template_id: uuidv7(), workspace_id: workspaceId, list_id: list };
    const dated = [1, 2, 3].map((days) =>
      taskSeed({ ...series, title: 'Fern', due_instant: new Date(Date.now() + (days + 1) * 86_400_000).toISOString() }),
    );
    await insertTasks(world.database, dated);
    await world.database.query('UPDATE tasks.task SET series_id = template_id WHERE template_id = $1', [
      series.template_id,
    ]);
    for (const status of ['archived', 'cancelled']) await make('Fern', { status });
    expect(await fernsOf({})).toEqual([dated[0]?.id]);
    expect(await fernsOf({ occurrences: 'due' })).toEqual([]);
    expect((await fernsOf({ occurrences: 'all' })).toSorted()).toEqual(dated.map(({ id }) => id).toSorted());
  });
});

describe('rights', () => {
  test('other workspaces, lists out of reach and missing scopes find nothing', async () => {
    await make('Secret garden');
    const { id: other } = await api.createList({ title: 'Secret' }, me);
    await api.createTask({ title: 'Secret plan', list_id: other }, me);
    expect(await titles('secret', {}, stranger)).toEqual([]);
    expect((await titles('secret', {}, limitedTo(me, other))).toSorted()).toEqual(['Secret', 'Secret plan']);
    expect(await titles('secrte', {}, limitedTo(me, list))).toEqual(['Secret garden']);
    expect(await titles('secret', {}, { ...me, principal: { ...me.principal, scopes: ['time:read'] } })).toEqual([]);
  });
});

describe('kinds', () => {
  test('only owners of the kinds are asked, and an unknown kind is refused by name', async () => {
    await make('Garten');
    expect(await titles('garten', { kinds: ['lists'] })).toEqual(['Haus und Garten']);
    expect(await titles('garten', { kinds: ['tasks'] })).toEqual(['Garten']);
    expect(asked).toEqual([]);
    await expect(found('garten', { kinds: ['tasks', 'planets'] })).rejects.toMatchObject({
      details: [{ field: 'kinds', issue: 'each item must be one of lists, stars, tasks' }],
    });
  });

  test('while an owner is unavailable, nothing is partial, and other kinds are found', async () => {
    failure = new UnavailableError('The observatory is closed.');
    await expect(found('garten')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await titles('garten', { kinds: ['tasks', 'lists'] })).toEqual(['Haus und Garten']);
  });
});
