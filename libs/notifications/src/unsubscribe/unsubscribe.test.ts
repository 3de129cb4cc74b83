// Unsubscribing on a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { Bus } from '@mono/bus';
import { NotFoundError } from '@mono/contract';
import { migrate, openDatabase, type Database } from '@mono/platform';
import { nodeForTests } from '@mono/platform/testing';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { notificationsFeature } from '../../feature.js';
import { NotificationsModule } from '../../module.js';
import { Preferences } from '../preferences/preferences.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

const FACTS = { userId: randomUUID(), workspaceId: randomUUID(), kind: 'timer_forgotten' } as const;
const CALL = { requestId: 'test', deadline: Infinity, signal: new AbortController().signal };

let place: TestDatabase;
let database: Database;
const accounts = { known: true };

async function startNode() {
  const module = await Test.createTestingModule({
    imports: [nodeForTests({ databases: { notifications: database } }), NotificationsModule],
  })
    .overrideProvider(Bus)
    .useValue({
      request: async () => {
        if (!accounts.known) throw new NotFoundError('user', FACTS.userId);
        return { address: 'ada@example.com', name: 'Ada', timezone: 'UTC' };
      },
    })
    .compile();
  const [links, controller] = [module.get(UnsubscribeLinks), module.get(UnsubscribeController)];
  return {
    preferences: module.get(Preferences),
    token: async (facts: Parameters<UnsubscribeLinks['linkTo']>[0]) =>
      new URL(await links.linkTo(facts)).searchParams.get('token') ?? '',
    unsubscribe: (token: string) => controller.unsubscribe({ token }, CALL),
  };
}

beforeAll(async () => {
  place = await createTestDatabase();
  const { migrations } = notificationsFeature;
  const options = { module: 'notifications', url: place.url, poolSize: 5, statementTimeoutMs: 10_000, migrations };
  database = await openDatabase(options);
  await migrate(database, 'notifications');
});
beforeEach(() => {
  accounts.known = true;
});
afterAll(async () => {
  await database?.dataSource.destroy();
  await place?.drop();
});

test('a link of one node turns off its kind of mail on another, once', async () => {
  const [one, other] = await Promise.all([startNode(), startNode()]);
  const token = await one.token(FACTS);
  expect(await other.token(FACTS)).toBe(token);
  for (const node of [other, one]) expect(await node.unsubscribe(token)).toEqual({ kind: 'timer_forgotten' });
  expect(await one.preferences.get(FACTS.userId)).toMatchObject({
    timer_forgotten: false,
    task_due_soon_lead: 'PT24H',
    version: 2,
  });
  const events = await database.query('SELECT payload FROM notifications.outbox');
  expect(events).toMatchObject([
    {
      payload: {
        event: 'preferences_updated',
        workspace_id: FACTS.workspaceId,
        actor: { kind: 'user', id: FACTS.userId },
        changes: { timer_forgotten: { from: true, to: false } },
      },
    },
  ]);
  expect(JSON.stringify(events)).not.toContain(token);
});

test('a forged link changes nothing', async () => {
  const node = await startNode();
  const userId = randomUUID();
  const token = await node.token({ ...FACTS, userId });
  const forged = token.replace('.timer_forgotten.', '.task_due_soon.');
  await expect(node.unsubscribe(forged)).rejects.toMatchObject({ code: 'unsubscribe_link_invalid' });
  expect(await node.preferences.get(userId)).toMatchObject({ version: 1 });
});

test('a link of a deleted account leaves no preferences behind', async () => {
  const node = await startNode();
  const userId = randomUUID();
  accounts.known = false;
  expect(await node.unsubscribe(await node.token({ ...FACTS, userId }))).toEqual({ kind: 'timer_forgotten' });
  expect(await database.query('SELECT 1 FROM notifications.preference WHERE user_id = $1', [userId])).toEqual([]);
});
