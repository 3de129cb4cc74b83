// Recurrence in trouble, through whole servers: a template that cannot be done, and a workspace that moves to another zone.
import { Client } from 'pg';
import type { ApiClient } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { sharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Task {
  title: string;
  due_at: string;
  original_start: string;
}

interface Letter {
  id: string;
  source: string;
  subject: string;
  consumer: string;
  status: string;
  payload: string;
  error: { code: string; message: string; stack?: string };
}

interface Page<Item> {
  items: Item[];
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Midnight may pass during the tests: all days count from here. */
const NOW = Date.now();
const LETTERS = '/v1/admin/dead-letters';

function day(offset: number): string {
  return new Date(NOW + offset * DAY_MS).toISOString().slice(0, 10);
}

describe.each(TOPOLOGIES)('recurrence in trouble, %s', (topology) => {
  let api: ApiClient;
  let database: Client;

  beforeAll(async () => {
    const installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    database = new Client({ connectionString: installation.database.url });
    await database.connect();
  });
  afterAll(() => database?.end());

  async function make(rule: object): Promise<string> {
    const input = { title: 'Water the plants', rule, sync_horizon_days: 1, generation_horizon_days: 30 };
    const { status, body } = await api.post<{ id: string }>('/v1/templates', input);
    expect([status, body]).toEqual([201, body]);
    return body.id;
  }

  async function tasksOf(id: string): Promise<Task[]> {
    const { body } = await api.get<Page<Task>>(`/v1/tasks?template_id=${id}&limit=500&order_by=due_at`);
    return body.items;
  }

  async function letters(id: string, status: string): Promise<Letter[]> {
    const { body } = await api.get<Page<Letter>>(`${LETTERS}?status=${status}&module=recurrence&limit=500`);
    return body.items.filter(({ payload }) => payload.includes(id));
  }

  test('a template that cannot be done is a dead letter, holds up no other, and is done when it is tried again', async () => {
    const rule = { dtstart: `${day(1)}T09:00:00`, timezone: 'UTC', pattern: 'daily' };
    const poison = await make(rule);
    await until('its tasks', async () => (await tasksOf(poison)).length >= 29);
    // No request can make such a rule: it stands for a fault of the program.
    await database.query(
      `UPDATE recurrence.template SET rule = '{"dtstart":"never"}', revision = revision + 1, next_run_at = now() WHERE id = $1`,
      [poison],
    );
    const letter = await until('a dead letter', async () => (await letters(poison, 'open'))[0]);
    expect(letter).toMatchObject({
      source: 'job',
      subject: 'generate',
      consumer: 'recurrence',
      error: { code: 'validation_error' },
    });
    expect(JSON.parse(letter.payload)).toMatchObject({ template_id: poison });
    expect(letter.error.stack).toContain('Schedule');
    const healthy = await make(rule);
    await until('the tasks of another', async () => (await tasksOf(healthy)).length >= 29);
    // Nobody tries it again by itself, second after second; a run that was under way has failed as well.
    const open = await letters(poison, 'open');
    expect(open.length).toBeLessThanOrEqual(2);
    await database.query(`UPDATE recurrence.template SET rule = $2, title = 'Mended' WHERE id = $1`, [poison, rule]);
    for (const { id } of open) expect((await api.post(`${LETTERS}/${id}/retry`, {})).status).toBe(200);
    await until('the tasks of the mended template', async () => {
      const tasks = await tasksOf(poison);
      return tasks.length >= 29 && tasks.every(({ title }) => title === 'Mended');
    });
    await until('no open letter', async () => (await letters(poison, 'open')).length === 0);
  });

  test('when a workspace moves to another zone, the rules that float go along, and no others', async () => {
    const { body } = await api.get<Page<{ id: string; timezone: string }>>('/v1/workspaces');
    const { id, timezone } = body.items[0] ?? { id: '', timezone: '' };
    const floating = await make({ dtstart: `${day(2)}T09:00:00`, pattern: 'daily' });
    // As templates of earlier releases have it: new ones keep a zone.
    await database.query(
      `UPDATE recurrence.template SET rule = (rule::jsonb || '{"timezone":null}')::json, revision = revision + 1 WHERE id = $1`,
      [floating],
    );
    const fixed = await make({ dtstart: `${day(2)}T09:00:00`, timezone: 'UTC', pattern: 'daily' });
    await until(
      'their tasks',
      async () => (await tasksOf(floating)).length >= 28 && (await tasksOf(fixed)).length >= 28,
    );
    const before = await tasksOf(fixed);
    const starts = (await tasksOf(floating)).map(({ original_start: start }) => start);
    expect((await api.patch(`/v1/workspaces/${id}`, { timezone: 'Asia/Kolkata' })).status).toBe(200);
    try {
      await until('nine o’clock in Kolkata', async () => {
        const tasks = await tasksOf(floating);
        return tasks.length >= starts.length && tasks.every(({ due_at: due }) => due.slice(11, 16) === '03:30');
      });
      const after = (await tasksOf(floating)).map(({ original_start: start }) => start);
      expect(after.slice(0, starts.length)).toEqual(starts);
      // The horizon goes on meanwhile.
      expect((await tasksOf(fixed)).slice(0, before.length)).toEqual(before);
    } finally {
      await api.patch(`/v1/workspaces/${id}`, { timezone });
    }
  });
});
