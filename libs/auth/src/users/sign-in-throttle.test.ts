// Limits of attempts: strangers keep nobody from an account of which they have a session or a link.
import type { RateLimit, Throttle } from '@mono/platform';
import type { Passwords } from '../passwords/passwords.js';
import { PASSWORD, STRANGER, UsersWorld } from '../../testing/users-world.js';
import { Devices } from './devices.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { SignInThrottle } from './sign-in-throttle.js';

const NEW_PASSWORD = 'another horse, another battery';

/** Counts for as long as the test runs. */
class Counting implements Throttle {
  private readonly counts = new Map<string, number>();

  attempt(key: string, { limit, windowMs }: RateLimit) {
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    const allowed = count <= limit;
    const remaining = Math.max(0, limit - count);
    if (!allowed) this.counts.set(key, limit);
    return Promise.resolve({ allowed, limit, remaining, resetMs: windowMs, retryAfterMs: allowed ? 0 : windowMs });
  }

  giveBack(key: string): Promise<void> {
    this.counts.set(key, Math.max(0, (this.counts.get(key) ?? 0) - 1));
    return Promise.resolve();
  }

  forget(key: string): Promise<void> {
    this.counts.delete(key);
    return Promise.resolve();
  }

  clear(): void {
    this.counts.clear();
  }
}

const throttle = new Counting();
let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.create(throttle);
});
beforeEach(() => throttle.clear());
afterAll(() => world?.end());

/** The codes of refusals, each once. */
async function refusals(calls: Promise<unknown>[]): Promise<Set<unknown>> {
  const settled = await Promise.allSettled(calls);
  return new Set(settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: unknown }).code : 'none')));
}

function triesFrom(network: string, count: number): Promise<unknown>[] {
  return Array.from({ length: count }, (_, turn) => {
    const caller = { ...STRANGER, address: `${network}::${turn.toString(16)}` };
    return world.client.forgotPassword({ email: world.newAddress() }, caller);
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
  await world.client.forgotPassword({ email: other.email }, STRANGER);
  const token = await world.token('reset', other.email);
  for (const { email } of [one, other]) {
    const tries = Array.from({ length: 30 }, () => world.signIn(email, 'not this one'));
    expect(await refusals(tries)).toEqual(new Set(['invalid_credentials', 'rate_limited']));
  }
  const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
  const changes = [
    world.client.changePassword(change, one.context),
    world.client.resetPassword({ token, new_password: NEW_PASSWORD }, STRANGER),
  ];
  expect(await refusals(changes)).toEqual(new Set(['none']));
});

test('tries in a session are counted', async () => {
  const { context } = await world.person();
  const tries = Array.from({ length: 21 }, () => world.client.deleteMe({ password: 'not this one' }, context));
  expect(await refusals(tries)).toEqual(new Set(['wrong_password', 'rate_limited']));
});

test('one link is worth few hashes, however often it is sent at once', async () => {
  const { email } = await world.person();
  await world.client.forgotPassword({ email }, STRANGER);
  const token = await world.token('reset', email);
  const before = computed();
  const uses = Array.from({ length: 100 }, () =>
    world.client.resetPassword({ token, new_password: NEW_PASSWORD }, STRANGER),
  );
  expect(await refusals(uses)).toEqual(new Set(['none', 'link_invalid', 'rate_limited']));
  expect(computed() - before).toBeLessThanOrEqual(20);
  expect((await world.signIn(email, NEW_PASSWORD)).email).toBe(email);
});

function from(address: string) {
  return { ...STRANGER, address };
}

/** The outcomes of attempts with a wrong password from this address. */
function guesses(count: number, email: string, address: string): Promise<Set<unknown>> {
  const tries = Array.from({ length: count }, () => world.client.signIn({ email, password: 'wrong' }, from(address)));
  return refusals(tries);
}

test('a stranger who tries passwords keeps the owner neither from signing in nor from a new password', async () => {
  const { email } = await world.person();
  expect(await guesses(30, email, '192.0.2.9')).toEqual(new Set(['invalid_credentials', 'rate_limited']));
  const owner = from('192.0.2.10');
  expect((await world.client.signIn({ email, password: PASSWORD }, owner)).token_type).toBe('Bearer');
  await world.client.forgotPassword({ email }, owner);
  const token = await world.token('reset', email);
  await world.client.resetPassword({ token, new_password: NEW_PASSWORD }, owner);
  await world.client.signIn({ email, password: NEW_PASSWORD }, owner);
});

test('over NATS, the attempts of one NATS user do not use up those of another', async () => {
  const { email } = await world.person();
  expect(await guesses(21, email, 'nats:mallory')).toEqual(new Set(['invalid_credentials', 'rate_limited']));
  expect((await world.client.signIn({ email, password: PASSWORD }, from('nats:web'))).token_type).toBe('Bearer');
  expect(await refusals([world.client.signIn({ email, password: PASSWORD }, from('nats:mallory'))])).toEqual(
    new Set(['rate_limited']),
  );
});

test('sign-ins that succeed are not counted', async () => {
  const { email } = await world.person();
  for (let turn = 0; turn < 25; turn += 1) await world.signIn(email, PASSWORD);
  expect(await guesses(1, email, STRANGER.address)).toEqual(new Set(['invalid_credentials']));
});

test('a device that has signed in goes on, whatever strangers do, behind the same address or others', async () => {
  const { email } = await world.person();
  const { device_token } = await world.client.signIn({ email, password: PASSWORD }, STRANGER);
  const own = new SignInThrottle(throttle);
  for (let n = 0; n < 200; n += 1) await refusals([own.attempt(`other${n}@example.com`, STRANGER.address)]);
  for (let n = 0; n < 400; n += 1) await refusals([own.attempt(email, `198.51.100.${n % 250}`)]);
  const credentials = { email, password: PASSWORD };
  expect(await refusals([world.client.signIn(credentials, STRANGER)])).toEqual(new Set(['rate_limited']));
  const signIns = [1, 2, 3].map(() => world.client.signIn({ ...credentials, device_token }, STRANGER));
  expect(await refusals(signIns)).toEqual(new Set(['none']));
  // Its own tries are counted.
  const tries = Array.from({ length: 21 }, () =>
    world.client.signIn({ email, password: 'wrong', device_token }, STRANGER),
  );
  expect(await refusals(tries)).toEqual(new Set(['invalid_credentials', 'rate_limited']));
});

test('the device of another account, or a forged one, makes nobody known', async () => {
  const [one, other] = [await world.person(), await world.person()];
  const { device_token } = await world.client.signIn({ email: other.email, password: PASSWORD }, STRANGER);
  const [, , , mac = ''] = device_token.split('.');
  const forged = `${one.id}.${one.context.principal.sessionId}.${Date.now()}.${mac}`;
  await guesses(20, one.email, STRANGER.address);
  for (const token of [device_token, forged, '', 'x'.repeat(512)]) {
    const attempt = world.client.signIn({ email: one.email, password: PASSWORD, device_token: token }, STRANGER);
    expect(await refusals([attempt])).toEqual(new Set(['rate_limited']));
  }
});

const secret = (name: string): string => name.repeat(32);

test('a device is known for half a year, by every secret that holds', () => {
  const subject = { userId: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e', sessionId: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71' };
  let time = 0;
  const token = new Devices(new SecretKeys([secret('a')]), () => time).tokenOf(subject);
  const read = (...secrets: string[]) => new Devices(new SecretKeys(secrets.map(secret)), () => time).read(token);
  expect(read('b', 'a')).toEqual(subject);
  expect(read('b')).toBeUndefined();
  time = 180 * 24 * 3_600_000;
  expect(read('a')).toBeUndefined();
});

test('an account that is guessed at from many networks is slowed down, and a new place gets its few tries', async () => {
  const own = new SignInThrottle(throttle);
  const tries = async (count: number, network: number): Promise<number> => {
    let allowed = 0;
    for (let n = 0; n < count; n += 1) {
      const outcome = await refusals([own.attempt('ada@example.com', `2001:db8:0:${network.toString(16)}::${n + 1}`)]);
      if (outcome.has('none')) allowed += 1;
    }
    return allowed;
  };
  // Five networks use up what is free; from then on each has three.
  const free = await Promise.all([1, 2, 3, 4, 5].map((network) => tries(20, network)));
  expect(free).toEqual([20, 20, 20, 20, 20]);
  expect(await tries(20, 6)).toBe(3);
  expect(await tries(20, 7)).toBe(3);
  // A thousand networks get no further than a hundred and sixty tries an hour.
  let all = 106;
  for (let network = 8; network < 1_000; network += 1) all += await tries(4, network);
  expect(all).toBe(160);
  // A new password by a link resets the limits.
  await own.restart('ada@example.com', '2001:db8:0:ffff::1');
  expect(await tries(20, 0xffff)).toBe(20);
});

test('mails to one account are few, and the links of those that were sent hold', async () => {
  const { email } = await world.person();
  throttle.clear();
  const asked = Array.from({ length: 12 }, (_, n) => world.client.forgotPassword({ email }, from(`198.51.100.${n}`)));
  expect(await refusals(asked)).toEqual(new Set(['none']));
  const tokens = await world.tokens('reset', email);
  expect(tokens).toHaveLength(5);
  await world.client.resetPassword({ token: tokens[0] ?? '', new_password: NEW_PASSWORD }, STRANGER);
  expect((await world.signIn(email, NEW_PASSWORD)).email).toBe(email);
});
