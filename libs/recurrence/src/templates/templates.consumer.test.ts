// Templates after events of their workspace, on a real PostgreSQL.
import { uuidv7 } from 'uuidv7';
import {
  createRecurrenceWorld,
  dayAt,
  type RecurrenceWorld,
  type PublishedEvent,
} from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

function movedTo(zone: string): PublishedEvent {
  const who = { workspace_id: world.workspace, actor: { kind: 'user', id: uuidv7() }, request_id: 'test' };
  return Object.assign(who, {
    id: uuidv7(),
    subject: 'events.auth.v1.workspace_updated',
    event: 'workspace_updated',
    aggregate_id: world.workspace,
    version: 2,
    occurred_at: new Date().toISOString(),
    changes: { timezone: { from: 'Europe/Berlin', to: zone } },
  });
}

test('rules of earlier releases without a zone are in the one that the workspace has now, in any order of its changes', async () => {
  const start = dayAt(2, '09:00:00');
  const template = await world.create({ dtstart: start, pattern: 'daily' }, { generation_horizon_days: 30 });
  const other = await world.create({ dtstart: start, pattern: 'daily' }, { generation_horizon_days: 30 });
  await world.database.query(
    `UPDATE recurrence.template SET rule = json_build_object('dtstart', $2::text, 'pattern', 'daily') WHERE id = $1`,
    [template.id, start],
  );
  const [early, late] = [movedTo('America/New_York'), movedTo('Asia/Tokyo')];
  world.zone.name = 'Asia/Tokyo';
  await world.consume(late, early);
  await world.deliver();
  expect(await world.template(template.id)).toMatchObject({ zone: 'Asia/Tokyo', version: 2 });
  expect(await world.template(other.id)).toMatchObject({ zone: 'Europe/Berlin', version: 1 });
  const { task_id: taskId } = await world.row(template, start);
  expect(await world.tasks.getTask({ id: taskId }, world.context)).toMatchObject({
    due_at: `${dayAt(2, '00:00:00')}.000Z`,
    timezone: 'Asia/Tokyo',
  });
});

test('a workspace that is erased while a template is planned leaves no occurrence', async () => {
  const template = await world.create({ dtstart: dayAt(1, '09:00:00'), pattern: 'daily' });
  let erased: Promise<unknown> | undefined;
  await world.database.transaction(async (on) => {
    await on.query('SELECT FROM recurrence.template WHERE id = $1 FOR UPDATE', [template.id]);
    const event = { ...movedTo(''), subject: 'events.auth.v1.account_deleted', workspace_ids: [world.workspace] };
    erased = world.consume(event);
    await untilOneWaits();
    await on.query(
      `INSERT INTO recurrence.occurrence (series_id, template_id, workspace_id, original_start, at, task_id, wanted)
       VALUES ($1, $1, $2, '2099-01-01T09:00:00', now(), $3, true)`,
      [template.id, world.workspace, uuidv7()],
    );
  });
  await erased;
  expect(await world.rows(template)).toEqual([]);
});

async function untilOneWaits(): Promise<void> {
  for (;;) {
    const waiting = await world.database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
  }
}
