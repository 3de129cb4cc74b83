// Pages of occurrences, on a real PostgreSQL and with tasks' own use cases.
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

const DAILY = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };

async function pagesOf({ id }: { id: string }, [from, to]: [number, number], limit: number): Promise<string[]> {
  const window = { from: `${dayAt(from, '00:00:00')}Z`, to: `${dayAt(to, '00:00:00')}Z`, limit };
  const found: string[] = [];
  for (let cursor: string | undefined | null; cursor !== null;) {
    const query = cursor === undefined ? window : { ...window, cursor };
    const { items, page } = await world.api.findOccurrences({ id, ...query }, world.context);
    found.push(...items.map(({ original_start: start }) => start));
    cursor = page.next_cursor;
  }
  return found;
}

function days(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => dayAt(from + index, '09:00:00'));
}

test.each([1, 2, 7, 500])('pages of %d have each occurrence once, also around those that were moved', async (limit) => {
  const template = await world.create(DAILY, { generation_horizon_days: 30 });
  for (const day of [40, 41, 42]) {
    const move = { original_start: dayAt(day, '09:00:00'), kind: 'move' as const, at: `${dayAt(90, '12:00:00')}Z` };
    await world.api.createException({ id: template.id, ...move }, world.context);
  }
  const edit = { original_start: dayAt(50, '09:00:00'), kind: 'edit' as const, fields: { title: 'Mine' } };
  await world.api.createException({ id: template.id, ...edit }, world.context);
  expect(await pagesOf(template, [25, 40], limit)).toEqual(days(25, 40));
  expect(await pagesOf(template, [40, 60], limit)).toEqual(days(43, 60));
  expect(await pagesOf(template, [89, 92], limit)).toEqual([...days(40, 43), ...days(89, 92)]);
});
