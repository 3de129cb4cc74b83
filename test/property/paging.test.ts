// Reads a collection page by page during writes: unchanged items appear exactly once.
import { setTimeout as delay } from 'node:timers/promises';
import { sharedInstallation, type SharedServer } from '../support/shared-installation.ts';

const STILL = 120;
const MOVING = 30;
const WRITERS = 3;
const ORDERS = ['position', 'due_at', 'priority', 'created_at', 'updated_at', 'title'];
const LIMITS = [1, 7, 50, 500];

interface Page {
  items: { id: string }[];
  page: { next_cursor: string | null };
}

describe('paging while others write', () => {
  let server: SharedServer;
  let listId: string;
  const still: string[] = [];
  const moving: string[] = [];
  const end = new AbortController();
  let writers: Promise<unknown>;

  beforeAll(async () => {
    ({ server } = await sharedInstallation());
    ({ id: listId } = (await server.api.post<{ id: string }>('/v1/lists', { title: 'Walked' })).body);
    // Ties and nulls in every order, which are critical at page borders.
    const create = Array.from({ length: STILL + MOVING }, (_, index) => ({
      op: 'create',
      task: {
        list_id: listId,
        title: `Task ${index % 10}`,
        priority: ['low', 'medium', 'high', 'urgent'][index % 4],
        due_at: index % 3 === 0 ? null : `2026-05-0${1 + (index % 5)}T09:00:00Z`,
        tags: ['walked'],
      },
    }));
    const { body } = await server.api.post<{ results: { id: string }[] }>('/v1/tasks/batch', { operations: create });
    const ids = body.results.map(({ id }) => id);
    still.push(...ids.slice(0, STILL));
    moving.push(...ids.slice(STILL));
    writers = Promise.all(Array.from({ length: WRITERS }, (_, number) => write(number)));
    // afterAll reports the failure; this avoids an unhandled rejection.
    writers.catch(() => undefined);
  });
  afterAll(async () => {
    end.abort();
    await writers;
  });

  async function write(number: number): Promise<void> {
    const { api } = server;
    for (let count = number; !end.signal.aborted; count += WRITERS) {
      const id = moving[count % moving.length] ?? '';
      const { status } = await api.patch(`/v1/tasks/${id}`, {
        title: `Task ${count % 10}`,
        priority: ['urgent', 'low'][count % 2],
        due_at: count % 2 ? null : '2026-05-03T09:00:00Z',
        after: still[count % still.length],
      });
      const made = await api.post<{ id: string }>('/v1/tasks', { list_id: listId, title: `Task ${count % 10}` });
      const gone = await api.delete(`/v1/tasks/${made.body.id}`);
      expect([status, made.status, gone.status]).toEqual([200, 201, 204]);
      await delay(1);
    }
  }

  async function walk(query: string): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await server.api.get<Page>(`/v1/tasks?list_id=${listId}&${query}${from}`);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.page.next_cursor;
    } while (cursor !== null);
    return seen;
  }

  test.each(ORDERS.flatMap((order) => ['asc', 'desc'].map((direction) => [order, direction])))(
    'by %s %s, each task that stood still comes exactly once',
    async (order, direction) => {
      for (const limit of LIMITS) {
        const seen = await walk(`order_by=${order}&order_dir=${direction}&limit=${limit}`);
        const times = new Map<string, number>();
        for (const id of seen) times.set(id, (times.get(id) ?? 0) + 1);
        expect(still.filter((id) => times.get(id) !== 1)).toEqual([]);
      }
    },
  );
});
