// One lease, with reads and messages of the test.
import { DomainError, UnavailableError, type Principal } from '@mono/contract';
import { until } from '../../../../test/support/until.ts';
import type { Change, ChangePage, ChangesQuery, FollowedChanges } from '../../contract/index.js';
import { callerIn } from '../../testing/changes-world.js';
import { Follow, type FollowParts } from './follow.js';

const WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-000000000001';
const request = { follow_id: '0198b6c2-5f5e-7c3a-9d0e-000000000002', lease: 3 };
const running: Follow[] = [];

afterEach(() => {
  for (const follow of running.splice(0)) follow.drop();
});

interface Seen {
  follow: Follow;
  sent: FollowedChanges[];
  ended: Promise<void>;
}

function start(parts: Partial<FollowParts>): Seen {
  const sent: FollowedChanges[] = [];
  const follow = new Follow({
    request,
    since: 't0',
    authorize: () => Promise.resolve(callerIn(WORKSPACE)),
    read: waiting,
    send: (message) => sent.push(message),
    ...parts,
  });
  running.push(follow);
  return { follow, sent, ended: follow.run() };
}

/** Nothing changes. */
function waiting(_query: ChangesQuery, _principal: Principal, signal: AbortSignal): Promise<ChangePage> {
  const { promise, reject } = Promise.withResolvers<ChangePage>();
  signal.addEventListener('abort', () => reject(new Error('aborted')));
  return promise;
}

function page(items: number, from = 't0'): ChangePage {
  const change = { type: 'plant', thing_id: 'rose' } as Change;
  return { items: Array.from({ length: items }, () => change), next_token: `${from}+${items}`, has_more: false };
}

test('a credential that is no longer valid ends the lease while it waits', async () => {
  let isValid = true;
  const { follow, sent, ended } = start({
    authorize: () =>
      isValid
        ? Promise.resolve(callerIn(WORKSPACE))
        : Promise.reject(new DomainError('unauthorized', 'unauthorized', 'No.')),
  });
  await follow.tick();
  expect(sent).toEqual([]);
  isValid = false;
  await follow.tick();
  await ended;
  expect(sent).toMatchObject([{ lease: 3, since: 't0', items: [], end: { code: 'revoked' } }]);
});

test('a credential that cannot be verified at the moment leaves the lease, and nothing is pushed', async () => {
  let attempts = 0;
  const { sent } = start({
    authorize: () => {
      attempts += 1;
      return Promise.reject(new UnavailableError('No node answers.'));
    },
    read: () => Promise.resolve(page(1)),
  });
  await until('it has tried again', () => attempts > 1);
  expect(sent).toEqual([]);
});

test('a change of rights abandons the read that waits, and the next one has the new rights', async () => {
  let scopes = ['*'];
  const readBy: (readonly string[])[] = [];
  const { follow } = start({
    authorize: () => Promise.resolve(callerIn(WORKSPACE, { scopes })),
    read: (query, principal, signal) => {
      readBy.push(principal.scopes);
      return waiting(query, principal, signal);
    },
  });
  await until('it reads', () => readBy.length === 1);
  await follow.tick();
  expect(readBy).toHaveLength(1);
  scopes = ['garden:read'];
  await follow.tick();
  await until('it reads again', () => readBy.length === 2);
  expect(readBy).toEqual([['*'], ['garden:read']]);
});

test('pages that are larger than a message are read in smaller parts, until one change is too large', async () => {
  const limits: (number | undefined)[] = [];
  const { sent, ended } = start({
    read: ({ limit, since }) => {
      limits.push(limit);
      return Promise.resolve(page(limit ?? 0, since));
    },
    send: (message) => {
      if (message.items.length > 0) return undefined;
      return sent.push(message);
    },
  });
  await ended;
  expect(limits).toEqual([100, 50, 25, 12, 6, 3, 1]);
  expect(sent).toMatchObject([{ since: 't0', next_token: 't0', end: { code: 'reply_too_large' } }]);
});

test('each message begins where the one before ended, also after a page without anything to see', async () => {
  const pages = [page(2), Object.assign(page(0), { next_token: 't5' }), page(1, 't5')];
  const asked: (string | undefined)[] = [];
  const { sent } = start({
    read: (query, principal, signal) => {
      asked.push(query.since);
      const next = pages.shift();
      return next ? Promise.resolve(next) : waiting(query, principal, signal);
    },
  });
  await until('it waits', () => asked.length === 4);
  expect(asked).toEqual(['t0', 't0+2', 't5', 't5+1']);
  expect(sent.map(({ since, next_token }) => [since, next_token])).toEqual([
    ['t0', 't0+2'],
    ['t0+2', 't5+1'],
  ]);
});

test('an error for good ends the lease with its code; nothing follows without NATS', async () => {
  const expired = new DomainError('gone', 'token_expired', 'Start again.');
  const one = start({ read: () => Promise.reject(expired) });
  await one.ended;
  expect(one.sent).toMatchObject([{ end: { code: 'token_expired', message: 'Start again.' } }]);
  const broken = start({ read: () => Promise.reject(new TypeError('secret detail')) });
  await broken.ended;
  expect(broken.sent).toMatchObject([{ end: { code: 'internal_error', message: 'An internal error occurred.' } }]);
  const disconnected = start({
    read: () => Promise.resolve(page(1)),
    send: () => {
      throw new UnavailableError('NATS is not connected.');
    },
  });
  await disconnected.ended;
});
