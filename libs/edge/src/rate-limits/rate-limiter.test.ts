// A limiter alone and several that exchange counts, on a clock that the tests move.
import { array, assert, integer, property, record } from 'fast-check';
import { RateLimiter } from './rate-limiter.js';
import { SimulatedClock, SimulatedNodes, type Network } from './testing/simulated-nodes.js';
import type { RateLimit } from '@mono/platform';
import { rateLimitHeaders } from './rate-limit-headers.js';

const MINUTE_MS = 60_000;
const perMinute = (limit: number): RateLimit => ({ limit, windowMs: MINUTE_MS });

describe('a limiter alone', () => {
  let clock: SimulatedClock;
  let limiter: RateLimiter;

  beforeEach(() => {
    clock = new SimulatedClock();
    limiter = new RateLimiter({ clock });
  });
  afterEach(() => limiter.stop());

  const allowed = (key: string, rate: RateLimit, times: number): number =>
    Array.from({ length: times }, () => limiter.take(key, rate)).filter((verdict) => verdict.allowed).length;

  test('allows as much as the limit says, then says how long to wait', () => {
    expect(limiter.take('api:a', perMinute(3))).toEqual({
      allowed: true,
      limit: 3,
      remaining: 2,
      resetMs: MINUTE_MS,
      retryAfterMs: 0,
    });
    clock.pass(10_000);
    expect(allowed('api:a', perMinute(3), 2)).toBe(2);
    clock.pass(1_000);
    expect(limiter.take('api:a', perMinute(3))).toEqual({
      allowed: false,
      limit: 3,
      remaining: 0,
      resetMs: 59_000,
      retryAfterMs: 49_000,
    });
  });

  test('allows again what has left the window, when it said so', () => {
    allowed('api:a', perMinute(3), 1);
    clock.pass(30_000);
    allowed('api:a', perMinute(3), 2);
    clock.pass(limiter.take('api:a', perMinute(3)).retryAfterMs - 1);
    expect(allowed('api:a', perMinute(3), 3)).toBe(0);
    clock.pass(1);
    expect(allowed('api:a', perMinute(3), 3)).toBe(1);
  });

  test('gives a burst its whole limit again exactly a window later', () => {
    expect(allowed('api:a', perMinute(100), 150)).toBe(100);
    clock.pass(MINUTE_MS - 1);
    expect(allowed('api:a', perMinute(100), 150)).toBe(0);
    clock.pass(1);
    expect(allowed('api:a', perMinute(100), 150)).toBe(100);
  });

  test('counts what a request costs, and nothing of one that it refuses', () => {
    const rate = perMinute(10);
    expect(limiter.take('api:a', rate, 7)).toMatchObject({ allowed: true, remaining: 3 });
    expect(limiter.take('api:a', rate, 4)).toMatchObject({ allowed: false, remaining: 3, retryAfterMs: MINUTE_MS });
    expect(limiter.take('api:a', rate, 3)).toMatchObject({ allowed: true, remaining: 0 });
    expect(limiter.take('api:b', rate, 11)).toMatchObject({ allowed: false, remaining: 10, retryAfterMs: MINUTE_MS });
    expect(limiter.take('api:c', perMinute(0))).toMatchObject({ allowed: false, retryAfterMs: MINUTE_MS });
  });

  test('counts every key on its own', () => {
    expect(allowed('api:a', perMinute(3), 5)).toBe(3);
    expect(allowed('api:b', perMinute(3), 5)).toBe(3);
    expect(allowed('search:a', perMinute(3), 5)).toBe(3);
  });

  test('a key whose window is set otherwise starts anew', () => {
    expect(allowed('api:a', perMinute(3), 5)).toBe(3);
    expect(allowed('api:a', { limit: 3, windowMs: 1_000 }, 5)).toBe(3);
  });

  test('never allows more than the limit within any window, and refuses nobody for long', () => {
    const windowMs = 1_000;
    const steps = array(record({ wait: integer({ min: 0, max: 700 }), asked: integer({ min: 1, max: 15 }) }), {
      minLength: 20,
      maxLength: 60,
    });
    assert(
      property(steps, integer({ min: 1, max: 12 }), (walk, limit) => {
        const time = new SimulatedClock();
        const alone = new RateLimiter({ clock: time });
        const took: number[] = [];
        for (const { wait, asked } of walk) {
          time.pass(wait);
          for (let n = 0; n < asked; n += 1) {
            const since = (ms: number): number => took.filter((at) => at > time.now() - ms).length;
            const verdict = alone.take('api:a', { limit, windowMs });
            if (verdict.allowed) took.push(time.now());
            expect(since(windowMs)).toBeLessThanOrEqual(limit);
            // A slot leaves as a whole: one twentieth of the window late.
            expect(verdict.allowed || since(windowMs * 1.05) >= limit).toBe(true);
          }
        }
        alone.stop();
      }),
    );
  });

  test('under steady pressure allows hardly less than the limit in the long run', () => {
    let took = 0;
    for (let ms = 0; ms < 10 * MINUTE_MS; ms += 250) {
      took += allowed('api:a', perMinute(100), 1);
      clock.pass(250);
    }
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThanOrEqual(1_000);
  });

  test('a clock that is set back makes nobody wait longer than a window and that step', () => {
    allowed('api:a', perMinute(3), 3);
    clock.pass(-5_000);
    expect(limiter.take('api:a', perMinute(3))).toMatchObject({ allowed: false, retryAfterMs: 65_000 });
  });

  test('remembers so many keys only, and forgets the one that was not used for longest', () => {
    const small = new RateLimiter({ clock, maxKeys: 100 });
    small.take('api:hot', perMinute(100));
    for (let n = 0; n < 1_000; n += 1) {
      clock.pass(100);
      small.take(`api:${n}`, perMinute(100));
      small.take('api:hot', perMinute(1_000));
      expect(small.size).toBeLessThanOrEqual(100);
    }
    expect(small.take('api:999', perMinute(100)).remaining).toBe(98);
    expect(small.take('api:800', perMinute(100)).remaining).toBe(99);
    expect(small.take('api:hot', perMinute(1_000)).remaining).toBeLessThan(500);
    small.stop();
  });

  test('forgets keys whose window is over', () => {
    for (let n = 0; n < 50; n += 1) limiter.take(`api:${n}`, perMinute(100));
    clock.pass(30_000);
    limiter.take('api:late', perMinute(100));
    expect(limiter.size).toBe(51);
    clock.pass(40_000);
    expect(limiter.size).toBe(1);
  });
});

const reliable = (latencyMs: number): Network => ({ latencyMs, copies: () => 1 });

const errorOf = (took: number, limit: number): number => Math.abs(took - limit) / limit;

describe('limiters of three nodes', () => {
  let world: SimulatedNodes;

  afterEach(() => {
    for (const node of world.nodes) node.stop();
  });

  /** Asks node after node, so many times a millisecond. @returns how many were allowed. */
  function ask(limit: number, times: number, everyMs: number, key = 'api:a', nodes = [0, 1, 2]): number {
    let took = 0;
    for (let n = 0; n < times; n += 1) {
      if (world.nodes[nodes[n % nodes.length] ?? 0]?.take(key, perMinute(limit)).allowed) took += 1;
      world.clock.pass(everyMs);
    }
    return took;
  }

  test.each([100, 1_000])('a steady load of twice %i a minute is held within a tenth', (limit) => {
    world = new SimulatedNodes(3, reliable(2));
    expect(errorOf(ask(limit, limit * 2, MINUTE_MS / (limit * 2)), limit)).toBeLessThanOrEqual(0.1);
    expect(errorOf(ask(limit, limit * 20, MINUTE_MS / (limit * 2)) / 10, limit)).toBeLessThanOrEqual(0.1);
  });

  test.each([
    [100, 1, 3],
    [100, 1, 6],
    [100, 2, 6],
    [100, 5, 3],
    [1_000, 2, 10],
    [1_000, 5, 10],
    [1_000, 5, 30],
  ])(
    '%i a minute: a burst on all nodes is held within a tenth at %i ms among nodes and %i requests a ms',
    (limit, latencyMs, perMs) => {
      world = new SimulatedNodes(3, reliable(latencyMs));
      expect(errorOf(ask(limit, limit * 4, 1 / perMs), limit)).toBeLessThanOrEqual(0.1);
    },
  );

  test('what is lost comes with the next message, of former slots too', () => {
    let up = false;
    world = new SimulatedNodes(3, { latencyMs: 2, copies: () => (up ? 1 : 0) });
    expect(ask(100, 60, 300, 'api:a', [0])).toBe(60);
    up = true;
    expect(ask(100, 1, 300, 'api:a', [0])).toBe(1);
    expect(ask(100, 60, 300, 'api:a', [1])).toBe(39);
  });

  test('what others took just now holds back a tenth of the limit at most, and for a moment only', () => {
    world = new SimulatedNodes(3, reliable(2));
    ask(100, 60, 0, 'api:a', [1]);
    world.clock.pass(2.5);
    expect(ask(100, 40, 0, 'api:a', [0])).toBeGreaterThanOrEqual(30);
    world.clock.pass(20);
    expect(ask(100, 40, 0, 'api:a', [0])).toBeLessThanOrEqual(10);
    expect(world.nodes[0]?.take('api:a', perMinute(100))).toMatchObject({ allowed: false, remaining: 0 });
  });

  test('a burst on one node is allowed in full, also while another node sees a little of it', () => {
    world = new SimulatedNodes(3, reliable(2));
    expect(ask(100, 100, 0, 'api:a', [0])).toBe(100);
    expect(ask(100, 96, 0.1, 'api:b', [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toBeGreaterThanOrEqual(90);
  });

  test.each([100, 1_000])('%i a minute: lost and doubled messages do not change that', (limit) => {
    let n = 0;
    // Three of ten messages are lost and two come twice.
    world = new SimulatedNodes(3, { latencyMs: 2, copies: () => [1, 0, 1, 2, 1, 0, 1, 2, 0, 1][(n += 7) % 10] ?? 1 });
    expect(errorOf(ask(limit, limit * 4, 0.5), limit)).toBeLessThanOrEqual(0.1);
    expect(errorOf(ask(limit, limit * 2, MINUTE_MS / (limit * 2), 'api:steady'), limit)).toBeLessThanOrEqual(0.1);
  });

  test('each goes on with what it knows while the bus is away, and tells all of it when it is back', () => {
    let up = true;
    world = new SimulatedNodes(3, { latencyMs: 2, copies: () => (up ? 1 : 0) });
    expect(ask(100, 30, 10)).toBe(30);
    up = false;
    expect(ask(100, 90, 10, 'api:a', [0])).toBe(70);
    expect(ask(100, 10, 10, 'api:a', [1])).toBe(10);
    up = true;
    world.reconnect();
    world.clock.pass(200);
    expect(ask(100, 3, 10)).toBe(0);
  });

  test('hundreds of requests for many keys are told with a few messages', () => {
    world = new SimulatedNodes(3, reliable(2));
    for (let n = 0; n < 600; n += 1) {
      ask(1_000, 1, 0, `api:${n}`, [0]);
      world.clock.pass(0.1);
    }
    world.clock.pass(10);
    expect(world.published).toBeLessThanOrEqual(13);
    expect(world.nodes[2]?.take('api:599', perMinute(1_000)).remaining).toBe(998);
  });

  test('what a node took is known to the others within the next few milliseconds', () => {
    world = new SimulatedNodes(3, reliable(2));
    ask(1_000, 1, 0, 'api:a', [0]);
    world.clock.pass(8);
    world.clock.pass(20);
    expect(world.nodes[1]?.take('api:a', perMinute(1_000)).remaining).toBe(998);
  });

  test('a node whose settings differ does not disturb the others', () => {
    world = new SimulatedNodes(3, reliable(2));
    ask(100, 50, 10, 'api:a', [0]);
    world.nodes[1]?.take('api:a', { limit: 100, windowMs: 1_000 });
    world.clock.pass(100);
    expect(world.nodes[0]?.take('api:a', perMinute(100)).remaining).toBe(49);
  });

  test('keys that other nodes tell of are bounded, too', () => {
    world = new SimulatedNodes(2, reliable(2), { maxKeys: 20 });
    ask(100, 200, 1, 'api:a', [0]);
    for (let n = 0; n < 200; n += 1) ask(100, 1, 1, `api:${n}`, [0]);
    expect(world.nodes[1]?.size).toBeLessThanOrEqual(20);
  });
});

describe('the headers of a verdict', () => {
  const verdict = { allowed: true, limit: 100, remaining: 42, resetMs: 59_001, retryAfterMs: 0 };

  test('say limit, what remains and the seconds until all is free', () => {
    expect(rateLimitHeaders(verdict)).toEqual({
      'RateLimit-Limit': '100',
      'RateLimit-Remaining': '42',
      'RateLimit-Reset': '60',
    });
  });

  test.each([
    [1, '1'],
    [0, '1'],
    [1_000, '1'],
    [1_001, '2'],
  ])('of a refusal say when to come again: %i ms are %s s', (retryAfterMs, seconds) => {
    expect(rateLimitHeaders({ ...verdict, allowed: false, remaining: 0, retryAfterMs })).toMatchObject({
      'RateLimit-Remaining': '0',
      'Retry-After': seconds,
    });
  });
});
