// Requests between nodes and within one: the same validation, deadline, limits, errors and middleware on both routes.
import { IsInt, IsString, Max, Min } from 'class-validator';
import { BusWorld, gate, SECRET } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import type { Bus } from '../bus.js';
import { defineRequest, type Route } from '../contracts/contract.js';
import type { Middleware } from '../middleware.js';
import type { BusContext } from './bus-context.js';
import { BusError } from './bus-error.js';
import { PrincipalSeal } from './principal-seal.js';

class Add {
  @IsInt()
  @Min(0)
  @Max(1_000)
  a: number;

  @IsInt()
  b: number;
}
class Sum {
  @IsInt()
  sum: number;
}
class Say {
  @IsString()
  text: string;
}

const add = defineRequest({ module: 'maths', name: 'add', request: Add, reply: Sum });
const say = defineRequest({ module: 'maths', name: 'say', request: Say, reply: Say, timeoutMs: 10_000 });
const narrow = defineRequest({
  module: 'maths',
  name: 'narrow',
  request: Say,
  reply: Say,
  concurrency: 1,
  queue: 1,
  timeoutMs: 10_000,
});
const silent = defineRequest({ module: 'maths', name: 'silent' });
const secret = defineRequest({ module: 'maths', name: 'secret', internal: true });
/** Enough to arrive, also on a busy machine. */
const LATE_MS = 2_000;
const repeatable = defineRequest({ module: 'maths', name: 'repeatable', idempotent: true, timeoutMs: 5_000 });

async function failure(promise: Promise<unknown>): Promise<BusError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(BusError);
  return outcome as BusError;
}

describe.each<Route>(['remote', 'local-first'])('a request, %s', (route) => {
  let world: BusWorld;
  let server: Bus;
  let client: Bus;
  let heard: BusContext[];
  let calls: number;
  let held: ReturnType<typeof gate>;

  beforeAll(async () => {
    world = await BusWorld.start();
    server = await world.node({ route });
    client = route === 'remote' ? await world.node() : server;
    server.handle(add, (body) => Promise.resolve({ sum: (body as Add).a + (body as Add).b }));
    server.handle(say, (body, context) => {
      heard.push(context);
      const { text } = body as Say;
      if (text === 'domain') {
        throw new BusError({ status: 409, code: 'duplicate', message: 'There is one.', details: { id: 7 } });
      }
      if (text === 'bug') throw new Error('the password is hunter2');
      if (text === 'large') return Promise.resolve({ text: 'x'.repeat(2 * 1024 * 1024) });
      if (text === 'hold') return held.opened.then(() => body);
      return Promise.resolve(body);
    });
    server.handle(narrow, (body) => held.opened.then(() => body));
    server.handle(silent, () => Promise.resolve(undefined));
    server.handle(secret, () => Promise.resolve(undefined));
    server.handle(repeatable, () => {
      calls += 1;
      if (calls < 3) throw new BusError({ status: 503, code: 'unavailable', message: 'Not now.' });
      return Promise.resolve(undefined);
    });
    await world.serve(server);
  });
  beforeEach(() => {
    heard = [];
    calls = 0;
    held = gate();
  });
  afterEach(() => held.open());
  afterAll(() => world?.end());

  test('is answered', async () => {
    expect(await client.request(add, { a: 1, b: 2 })).toEqual({ sum: 3 });
  });

  test('is answered, also without a result', async () => {
    expect(await client.request(silent, undefined)).toBeUndefined();
  });

  test('that breaks a rule is refused by the name of the field', async () => {
    const error = await failure(client.request(add, { a: -1, b: 2 }));
    expect([error.status, error.code]).toEqual([422, 'validation_error']);
    expect(error.details).toEqual([{ field: 'a', issue: expect.stringContaining('0') as string }]);
  });

  test('keeps code, status and details of a domain error', async () => {
    const error = await failure(client.request(say, { text: 'domain' }));
    expect(error).toMatchObject({ status: 409, code: 'duplicate', message: 'There is one.', details: { id: 7 } });
  });

  test('hides internal errors from the caller, and logs them', async () => {
    const error = await failure(client.request(say, { text: 'bug' }, { requestId: 'r-1' }));
    expect([error.status, error.code]).toEqual([500, 'internal_error']);
    expect(JSON.stringify([error.message, error.details ?? null])).not.toContain('hunter2');
    const line = world.log.findLast(({ message }) => message === 'A handler failed');
    expect(line?.facts).toMatchObject({ subject: say.subject, request_id: 'r-1' });
    expect(line?.facts['err']).toMatchObject({ message: expect.stringContaining('hunter2') as string });
  });

  test('carries request id, principal and the remaining time', async () => {
    const principal = { kind: 'user', id: 'u1', workspace: 'w1' };
    await client.request(say, { text: 'hello' }, { requestId: 'r-2', principal, timeoutMs: 60_000 });
    expect(heard[0]).toMatchObject({ requestId: 'r-2', principal });
    expect(heard[0]?.remainingMs).toBeLessThanOrEqual(60_000);
    expect(heard[0]?.local).toBe(route === 'local-first');
  });

  test('shrinks the time at every hop', async () => {
    const deadline = performance.now() + 50_000;
    await client.request(say, { text: 'hop' }, { deadline, timeoutMs: 60_000 });
    expect(heard[0]?.remainingMs).toBeLessThanOrEqual(50_000);
  });

  test('carries headers both ways', async () => {
    const other = await client.exchange(say, { text: 'x' }, { headers: { 'If-Match': '"3"' } });
    expect(heard[0]?.headers.get('if-match')).toBe('"3"');
    expect(other.header('nothing')).toBeUndefined();
  });

  test('aborts the handler when the time is over', async () => {
    let timeoutMs = 100;
    // The handler does not heed it; the caller does not wait all the same.
    const error = await until('the handler has begun before the time is over', async () => {
      timeoutMs *= 2;
      const failed = await failure(client.request(say, { text: 'hold' }, { timeoutMs }));
      return heard.length > 0 && failed;
    });
    const { signal } = heard[0] as BusContext;
    await until('its signal aborts', () => signal.aborted);
    expect(error.code).toBe('deadline_exceeded');
  });

  test('gets queue_full if concurrency and queue are exhausted, and the others are served', async () => {
    const text = 'x';
    const first = client.request(narrow, { text });
    const second = client.request(narrow, { text });
    await until('one runs and one waits', () => {
      const endpoint = server.served.find(({ contract }) => contract === narrow);
      return endpoint?.slots.inFlight === 1 && endpoint.slots.queued === 1;
    });
    const third = await failure(client.request(narrow, { text }));
    expect([third.status, third.code]).toEqual([503, 'queue_full']);
    held.open();
    expect(await Promise.all([first, second])).toEqual([{ text }, { text }]);
  });

  test('that expires while it waits is not handled', async () => {
    const first = client.request(narrow, { text: 'first' });
    const late = failure(client.request(narrow, { text: 'late' }, { timeoutMs: LATE_MS }));
    const endpoint = server.served.find(({ contract }) => contract === narrow);
    await until('both are there', () => endpoint?.slots.queued === 1);
    const seenAt = performance.now();
    const handled = endpoint?.stats.requests ?? 0;
    expect((await late).code).toBe('deadline_exceeded');
    // Its node counts from its arrival.
    await until('its time is over there as well', () => performance.now() > seenAt + LATE_MS);
    held.open();
    await first;
    expect(endpoint?.stats.requests).toBe(handled + 1);
  });

  test('for modules only is refused to others', async () => {
    await client.request(secret, undefined, { principal: { kind: 'user', id: 'u1' } });
    expect(server.served.find(({ contract }) => contract === secret)?.stats.errors).toBe(0);
  });

  test('meets middleware in order, on its way out and in, and at its end', async () => {
    const seen: string[] = [];
    const traced = (name: string): Middleware => ({
      name,
      requestOut: ({ contract }) => {
        seen.push(`${name} out ${contract.name}`);
        return (error) => void seen.push(`${name} out ended ${error?.message ?? 'well'}`);
      },
      requestIn: ({ contract }) => {
        seen.push(`${name} in ${contract.name}`);
        return (error) => void seen.push(`${name} in ended ${error?.message ?? 'well'}`);
      },
    });
    const middleware = [traced('a'), traced('b')];
    const mine = defineRequest({ module: `m-${route}`, name: 'mine' });
    const other = await world.node({ middleware, route: 'local-first' });
    if (route === 'remote') {
      const handler = await world.node({ middleware });
      handler.handle(mine, () => Promise.resolve(undefined));
      await world.serve(handler);
    } else {
      other.handle(mine, () => Promise.resolve(undefined));
      await world.serve(other);
    }
    await other.request(mine, undefined);
    await until('all have ended', () => seen.length === 8);
    expect(seen.filter((line) => line.includes(' in '))).toEqual([
      'a in mine',
      'b in mine',
      'b in ended well',
      'a in ended well',
    ]);
    expect(seen.filter((line) => line.includes(' out '))).toEqual([
      'a out mine',
      'b out mine',
      'b out ended well',
      'a out ended well',
    ]);
  });

  if (route === 'remote') {
    test('that may be repeated is, after an error that may pass', async () => {
      await client.request(repeatable, undefined);
      expect(calls).toBe(3);
    });

    test('without a handler is unavailable at once', async () => {
      const nobody = defineRequest({ module: 'nobody', name: 'home', timeoutMs: 60_000 });
      const error = await failure(client.request(nobody, undefined));
      expect([error.status, error.code]).toEqual([503, 'unavailable']);
    });

    test('that its caller cancels fails with the reason', async () => {
      const controller = new AbortController();
      const call = client.request(say, { text: 'hold' }, { signal: controller.signal });
      await until('it is being handled', () => heard.length > 0);
      controller.abort(new Error('no longer wanted'));
      await expect(call).rejects.toThrow('no longer wanted');
    });

    test('with an answer larger than the bus takes hears so', async () => {
      const error = await failure(client.request(say, { text: 'large' }));
      expect([error.status, error.code]).toEqual([413, 'reply_too_large']);
    });

    test('larger than the bus takes is refused here', async () => {
      const error = await failure(client.request(say, { text: 'x'.repeat(2 * 1024 * 1024) }));
      expect([error.status, error.code]).toEqual([413, 'payload_too_large']);
    });

    test.each([
      [
        'sealed with another secret',
        (text: string) => new PrincipalSeal(['another secret of tests']).seal(text, MODULE),
      ],
      ['sealed for another subject', () => new PrincipalSeal([SECRET]).seal('services.maths.add', MODULE)],
      ['made up', () => `${Buffer.from(JSON.stringify(MODULE)).toString('base64url')}.${Date.now() + 9_000}.x`],
    ])('by a caller that is %s is rejected', async (_what, seal) => {
      const connection = client.host.connection.live;
      const { headers } = await import('@nats-io/transport-node');
      const forged = headers();
      forged.set('Bus-Principal', seal(secret.subject));
      const answer = await connection?.request(secret.subject, undefined, { headers: forged, timeout: 60_000 });
      expect(answer?.headers?.get('Nats-Service-Error')).toBe('unauthorized');
      expect(answer?.headers?.get('Nats-Service-Error-Code')).toBe('401');
    });

    test('is taken by one of several nodes, and by the others when one drains', async () => {
      const shared = defineRequest({ module: 'shared', name: 'who', timeoutMs: 10_000 });
      const slow = gate();
      const counts = { one: 0, two: 0 };
      const serve = async (name: 'one' | 'two'): Promise<Bus> => {
        const node = await world.node();
        node.handle(shared, async () => {
          counts[name] += 1;
          await slow.opened;
        });
        return world.serve(node);
      };
      const one = await serve('one');
      await serve('two');
      const calls = Array.from({ length: 40 }, () => client.request(shared, undefined));
      await until('all are handled', () => counts.one + counts.two === 40);
      expect(Math.min(counts.one, counts.two)).toBeGreaterThan(0);
      const drained = one.drain(10_000);
      slow.open();
      await Promise.all(calls);
      expect(await drained).toBe(true);
      const before = counts.one;
      await Promise.all(Array.from({ length: 10 }, () => client.request(shared, undefined)));
      expect(counts.one).toBe(before);
    });

    test('in flight fails at once on a loss of the connection, and later ones succeed after a reconnect', async () => {
      const call = failure(client.request(say, { text: 'hold' }, { timeoutMs: 60_000 }));
      await until('it is being handled', () => heard.length > 0);
      await world.nats.kill('SIGKILL');
      expect((await call).code).toBe('unavailable');
      await until('the loss is known', () => !client.host.connection.connected);
      expect((await failure(client.request(add, { a: 1, b: 1 }))).code).toBe('unavailable');
      await world.nats.restart();
      await until('requests work again', async () => (await client.request(add, { a: 1, b: 1 })).sum === 2);
    });
  }
});

const MODULE = { kind: 'module', id: 'forged' };
