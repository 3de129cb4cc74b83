// Whose tries are whose: what strangers do keeps nobody from an account that they have a session or a link of.
import type { RateLimit, Throttle } from '@mono/platform';
import type { Passwords } from '../passwords/passwords.js';
import { PASSWORD, STRANGER, UsersWorld } from '../../testing/users-world.js';

const NEW_PASSWORD = 'another horse, another battery';

/** Counts for as long as the test runs. */
class Counting implements Throttle {
  private readonly counts = new Map<string, number>();

  attempt(key: string, { limit, windowMs }: RateLimit) {
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    const allowed = count <= limit;
    const remaining = Math.max(0, limit - count);
    return Promise.resolve({ allowed, limit, remaining, resetMs: windowMs, retryAfterMs: allowed ? 0 : windowMs });
  }

  forget(): void {
    this.counts.clear();
  }
}

const throttle = new Counting();
let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.create(throttle);
});
beforeEach(() => throttle.forget());
afterAll(() => world?.end());

/** The codes of refusals, each once. */
async function refusals(calls: Promise<unknown>[]): Promise<Set<unknown>> {
  const settled = await Promise.allSettled(calls);
  return new Set(settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: unknown }).code : 'none')));
}

function triesFrom(network: string, count: number): Promise<void>[] {
  return Array.from({ length: count }, (_, turn) => {
    const caller = { ...STRANGER, address: `${network}::${turn.toString(16)}` };
    return world.useCases.forgotPassword(caller, { email: world.newAddress() });
  });
}

function computed(): number {
  const { passwords }: { passwords: Passwords } = world;
  return passwords.computed;
}

test('tries from ever other addresses of one network are counted together', async () => {
  expect(await refusals(triesFrom('2001:db8:0:1', 200))).toEqual(new Set(['none']));
  expect(await refusals(triesFrom('2001:db8:0:1', 1))).toEqual(new Set(['rate_limited']));
  expect(await refusals(triesFrom('2001:db8:0:2', 1))).toEqual(new Set(['none']));
});

test('strangers who try passwords keep nobody from changing theirs, by session or by link', async () => {
  const [one, other] = [await world.person(), await world.person()];
  await world.useCases.forgotPassword(STRANGER, { email: other.email });
  const token = await world.token('reset', other.email);
  for (const { email } of [one, other]) {
    const tries = Array.from({ length: 30 }, () => world.signIn(email, 'not this one'));
    expect(await refusals(tries)).toEqual(new Set(['invalid_credentials', 'rate_limited']));
  }
  const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
  const changes = [
    world.useCases.changePassword(one.context, change),
    world.useCases.resetPassword(STRANGER, { token, new_password: NEW_PASSWORD }),
  ];
  expect(await refusals(changes)).toEqual(new Set(['none']));
});

test('tries in a session are counted', async () => {
  const { context } = await world.person();
  const tries = Array.from({ length: 21 }, () => world.useCases.deleteMe(context, { password: 'not this one' }));
  expect(await refusals(tries)).toEqual(new Set(['wrong_password', 'rate_limited']));
});

test('one link is worth few hashes, however often it is sent at once', async () => {
  const { email } = await world.person();
  await world.useCases.forgotPassword(STRANGER, { email });
  const token = await world.token('reset', email);
  const before = computed();
  const uses = Array.from({ length: 100 }, () =>
    world.useCases.resetPassword(STRANGER, { token, new_password: NEW_PASSWORD }),
  );
  expect(await refusals(uses)).toEqual(new Set(['none', 'link_invalid', 'rate_limited']));
  expect(computed() - before).toBeLessThanOrEqual(20);
  expect((await world.signIn(email, NEW_PASSWORD)).email).toBe(email);
});
