import { describe, expect, test } from '@jest/globals';
import { NotFoundError, UnavailableError } from '@mono/contract';
import type { LinkFacts } from '../domain/link-token.js';
import { timerForgottenMail, type TimerFacts } from './reminder-mails.js';

const SINCE = '2025-11-21T08:05:00.000Z';
const EVENT: TimerFacts = {
  aggregate_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f',
  workspace_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d70',
  request_id: 'time-tracking',
  user_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71',
  timer: { started_at: SINCE, task_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d72', task_title: 'Repot the ferns' },
};
const RUNNING = { started_at: SINCE, ended_at: null };
const ADA = { address: 'ada@example.com', name: 'Ada', timezone: 'Europe/Berlin' };

/** @param entry the reply of time-tracking. */
function written(
  entry: object | Error,
  contact: object | undefined = ADA,
  timer = EVENT.timer,
  preferences: object[] = [],
) {
  const asked: unknown[] = [];
  const request = (...args: unknown[]) => {
    asked.push(args.slice(1));
    return entry instanceof Error ? Promise.reject(entry) : Promise.resolve(entry);
  };
  const people = {
    member: (workspaceId: string) => Promise.resolve(workspaceId === EVENT.workspace_id ? contact : undefined),
  };
  const database = { query: () => Promise.resolve(preferences), afterCommit: () => undefined } as never;
  const links = { linkTo: ({ kind }: LinkFacts) => Promise.resolve(`https://mono.example/unsubscribe?token=${kind}`) };
  const sources = { database, bus: { request: request as never }, links };
  const mail = timerForgottenMail(sources)(Object.assign({}, EVENT, { timer }), people as never);
  return { mail, asked };
}

describe('the mail about a forgotten timer', () => {
  test('names the task, and the start in the user’s zone', async () => {
    const { mail, asked } = written(RUNNING);
    expect(await mail).toMatchObject({
      to: 'ada@example.com',
      subject: 'Your timer is still running: Repot the ferns',
      text: expect.stringContaining(
        'running since Friday, 21 November 2025, 09:05 (Europe/Berlin, UTC+01:00) on “Repot the ferns”.',
      ),
    });
    expect(asked).toEqual([
      [
        { id: EVENT.aggregate_id },
        {
          principal: { kind: 'system', id: 'notifications', workspaceId: EVENT.workspace_id, scopes: ['time:read'] },
          requestId: 'time-tracking',
          headers: {},
        },
      ],
    ]);
  });

  test('names no task if the timer has none', async () => {
    const { mail } = written(RUNNING, ADA, { started_at: SINCE, task_id: null, task_title: null });
    expect(await mail).toMatchObject({
      subject: 'Your timer is still running',
      text: expect.stringContaining('(Europe/Berlin, UTC+01:00).\n'),
    });
  });

  test('has a link that turns such mails off, and is not sent after that', async () => {
    const { mail } = written(RUNNING);
    const link = 'https://mono.example/unsubscribe?token=timer_forgotten';
    expect(await mail).toMatchObject({ unsubscribe: link, text: expect.stringContaining(link) });
    expect(await written(RUNNING, ADA, EVENT.timer, [{ timer_forgotten: false }]).mail).toBeUndefined();
  });

  test('is not sent to a former member', async () => {
    // Null: `undefined` would be Ada.
    const { mail } = written(RUNNING, null as never);
    expect(await mail).toBeUndefined();
  });
});

test.each([
  ['was stopped', { started_at: SINCE, ended_at: '2025-11-21T09:00:00.000Z' }],
  ['has another start', { started_at: '2025-11-21T07:00:00.000Z', ended_at: null }],
  ['was deleted', new NotFoundError('entry', EVENT.aggregate_id)],
])('no mail is sent for a timer that %s', async (_what, entry) => {
  expect(await written(entry).mail).toBeUndefined();
});

test('the mail waits while time-tracking is unavailable', async () => {
  await expect(written(new UnavailableError('No node runs time-tracking.')).mail).rejects.toMatchObject({
    code: 'unavailable',
  });
});
