// Templates, on a real PostgreSQL and with tasks' own use cases.
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

const HORIZON = { generation_horizon_days: 30 };
const DAILY = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };

test('the same list in capitals is no change', async () => {
  const template = await world.create(DAILY, HORIZON);
  const loud = world.list.toUpperCase();
  expect(await world.api.updateTemplate({ id: template.id, patch: { list_id: loud } }, world.context)).toMatchObject({
    version: 1,
  });
  const limited = { ...world.context, principal: { ...world.context.principal, listIds: [world.list] } };
  const edit = { original_start: dayAt(3, '09:00:00'), kind: 'edit' as const, fields: { list_id: loud } };
  const { fields } = await world.api.createException({ id: template.id, ...edit }, limited);
  expect(fields).toEqual({ list_id: world.list });
});
