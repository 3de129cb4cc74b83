import { uuidv7 } from 'uuidv7';
import type { Tag, TagPage } from '../../contract/index.js';
import { FindTags } from './find-tags.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  insertTasks,
  taskSeed,
  type TasksWorld,
} from '../../testing/tasks-world.js';

const WORKSPACE = uuidv7();
const OTHER = uuidv7();
let world: TasksWorld;
let find: FindTags;

beforeAll(async () => {
  world = await createTasksWorld();
  find = new FindTags(world.database);
  const list_id = await insertList(world.database, WORKSPACE);
  const other = await insertList(world.database, OTHER);
  const tagged = (tags: string[], more: object = {}) => taskSeed({ workspace_id: WORKSPACE, list_id, tags, ...more });
  await insertTasks(world.database, [
    tagged(['home', 'errand']),
    tagged(['errand'], { status: 'archived' }),
    tagged(['Zoo', 'ärger', '100%_']),
    tagged([]),
    taskSeed({ workspace_id: OTHER, list_id: other, tags: ['secret', 'home'] }),
  ]);
});
afterAll(() => world.end());

const ALL: Tag[] = [
  { name: '100%_', count: 1 },
  { name: 'Zoo', count: 1 },
  { name: 'errand', count: 2 },
  { name: 'home', count: 1 },
  { name: 'ärger', count: 1 },
];

async function names(prefix: string): Promise<string[]> {
  return (await find.findTags(contextOf(WORKSPACE), { prefix })).items.map(({ name }) => name);
}

describe('findTags', () => {
  test.each(['asc', 'desc'] as const)(
    'walks the tags of one workspace %s, archived tasks counted',
    async (order_dir) => {
      const found: Tag[] = [];
      let cursor: string | undefined;
      do {
        const page: TagPage = await find.findTags(contextOf(WORKSPACE), {
          limit: 2,
          order_dir,
          ...(cursor ? { cursor } : {}),
        });
        found.push(...page.items);
        cursor = page.page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      expect(found).toEqual(order_dir === 'asc' ? ALL : ALL.toReversed());
    },
  );

  test('takes a prefix to the letter', async () => {
    expect(await names('er')).toEqual(['errand']);
    expect(await names('100%')).toEqual(['100%_']);
    expect(await names('%')).toEqual([]);
    expect(await names('s')).toEqual([]);
  });

  test('skips by offset and counts', async () => {
    const { items, page } = await find.findTags(contextOf(WORKSPACE), { offset: 3, limit: 1, count: 'exact' });
    expect(items).toEqual([ALL[3]]);
    expect(page).toMatchObject({ total: 5, limit: 1, next_cursor: expect.any(String) as string });
  });

  test('refuses the cursor of another workspace or prefix', async () => {
    const { page } = await find.findTags(contextOf(WORKSPACE), { limit: 1 });
    const cursor = page.next_cursor ?? '';
    for (const outcome of [
      find.findTags(contextOf(OTHER), { cursor }),
      find.findTags(contextOf(WORKSPACE), { cursor, prefix: 'e' }),
    ]) {
      await expect(outcome).rejects.toMatchObject({ code: 'validation_error' });
    }
  });
});
