// Answers show neither by words nor by time whether there is an account.
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { PASSWORD, STRANGER, UsersWorld } from '../../testing/users-world.js';
import { EvenTime } from './even-time.js';

let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.create();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => world?.end());

const REQUESTS: [string, (email: string) => Promise<unknown>][] = [
  ['sign-up', (email) => world.client.signUp({ email, password: PASSWORD, name: 'Eve' }, STRANGER)],
  ['resend-verification', (email) => world.client.resendVerification({ email }, STRANGER)],
  ['forgot-password', (email) => world.client.forgotPassword({ email }, STRANGER)],
];

test.each(REQUESTS)('%s takes the same time with an account or without', async (_route, request) => {
  const { email } = await world.person();
  const run = jest.spyOn(world.module.get(EvenTime), 'run');
  const answers = [await request(email), await request(world.newAddress())];
  expect(answers).toEqual([{ status: 'accepted' }, { status: 'accepted' }]);
  expect(run).toHaveBeenCalledTimes(2);
});

test('a change to an address takes the same time whether it is in use or not', async () => {
  const [one, other] = [await world.person(), await world.person()];
  const run = jest.spyOn(world.module.get(EvenTime), 'run');
  for (const new_email of [other.email, world.newAddress()]) {
    expect(await world.client.changeEmail({ new_email, password: PASSWORD }, one.context)).toEqual({
      status: 'accepted',
    });
  }
  expect(run).toHaveBeenCalledTimes(2);
});

class Held extends EvenTime {
  readonly time = Promise.withResolvers<void>();

  protected override pass(): Promise<void> {
    return this.time.promise;
  }
}

test.each([
  ['is done at once', () => Promise.resolve(), 'done'],
  ['fails', () => Promise.reject(new Error('refused')), 'refused'],
])('an answer waits for the time also where the work %s', async (_what, work, outcome) => {
  const held = new Held();
  const ended: string[] = [];
  const answer = held.run(work).then(
    () => ended.push('done'),
    (error: Error) => ended.push(error.message),
  );
  await new Promise(setImmediate);
  expect(ended).toEqual([]);
  held.time.resolve();
  await answer;
  expect(ended).toEqual([outcome]);
});
