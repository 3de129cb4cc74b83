// Limiters that exchange counts over a real nats-server.
import { BusConnection, type BusLogger } from '@mono/bus';
import { startNats, type NatsProcess } from '../../../../test/support/nats-process.ts';
import { until } from '../../../../test/support/until.ts';
import { busGossip, RATE_LIMITS_SUBJECT } from './bus-gossip.js';
import type { RateLimitGossip, Takes } from './gossip.js';
import { RateLimiter } from './rate-limiter.js';

const rate = { limit: 100, windowMs: 3_600_000 };

interface Node {
  connection: BusConnection;
  limiter: RateLimiter;
  gossip: RateLimitGossip;
  heard: Takes[];
  /** How often somebody may have missed something. */
  joined: number;
}

describe('limiters on a bus', () => {
  let nats: NatsProcess;
  let nodes: Node[];
  let warnings: string[];
  const logger: BusLogger = {
    info: () => undefined,
    warn: (_facts, message) => void warnings.push(message),
    error: () => undefined,
  };

  beforeEach(async () => {
    warnings = [];
    nodes = [];
    nats = await startNats();
    for (let n = 0; n < 3; n += 1) await join(n);
    // An old server is warned of at each connection.
    warnings = [];
  });
  afterEach(async () => {
    for (const { connection, limiter } of nodes) {
      limiter.stop();
      await connection.close();
    }
    await nats?.stop();
  });

  async function join(n: number): Promise<Node> {
    const connection = new BusConnection({ url: nats.url, name: `node-${n}`, logger });
    const gossip = busGossip({ connection, logger });
    const node: Node = { connection, limiter: new RateLimiter({ gossip }), gossip, heard: [], joined: 0 };
    gossip.onTakes((_node, takes) => void node.heard.push(...takes));
    gossip.onJoined(() => (node.joined += 1));
    nodes.push(node);
    connection.start();
    await connected();
    return node;
  }
  async function connected(): Promise<void> {
    await until('all are connected', () => nodes.every(({ connection }) => connection.connected));
    for (const { connection } of nodes) await connection.live?.flush();
  }
  const nodeOf = (n: number): Node => {
    const node = nodes[n];
    if (!node) throw new Error(`There is no node ${n}.`);
    return node;
  };
  const take = (n: number, key: string, times: number): number =>
    Array.from({ length: times }, () => nodeOf(n).limiter.take(key, rate)).filter(({ allowed }) => allowed).length;
  /** The count of a key that a node has received from another. */
  const heardOf = (n: number, key: string): number =>
    Math.max(
      0,
      ...nodeOf(n)
        .heard.filter((takes) => takes.key === key)
        .map(({ slots }) => sum(slots)),
    );

  test('count what the others took, and nothing twice', async () => {
    expect(take(0, 'api:a', 40)).toBe(40);
    await until('the second node knows', () => heardOf(1, 'api:a') === 40);
    await until('the third node knows', () => heardOf(2, 'api:a') === 40);
    expect(heardOf(0, 'api:a')).toBe(0);
    expect(take(1, 'api:a', 80)).toBe(60);
    await until('the first node knows', () => heardOf(0, 'api:a') === 60);
    expect(take(0, 'api:a', 1)).toBe(0);
  });

  test('go on while the bus is away, and know all when it is back', async () => {
    await nats.kill('SIGKILL');
    await until('all have lost it', () => nodes.every(({ connection }) => !connection.connected));
    expect(take(0, 'api:a', 60)).toBe(60);
    expect(take(1, 'api:a', 30)).toBe(30);
    expect(heardOf(2, 'api:a')).toBe(0);
    await nats.restart();
    await connected();
    const { limiter } = nodeOf(2);
    // Asked for more than can remain, it takes nothing.
    await until('the third node knows', () => limiter.take('api:a', rate, 101).remaining === 10);
  });

  test('a node that comes later learns what was taken', async () => {
    take(0, 'api:a', 60);
    const { limiter } = await join(3);
    await until('it knows', () => limiter.take('api:a', rate, 101).remaining < 100);
    expect(limiter.take('api:a', rate)).toMatchObject({ allowed: true, remaining: 39 });
  });

  test('a node that comes, or comes back, makes the others tell', async () => {
    const before = nodeOf(0).joined;
    await join(3);
    expect(await until('the first node hears of it', () => nodeOf(0).joined - before)).toBeGreaterThan(0);
  });

  test('more than a server takes in one message is told in several', async () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `api:${'x'.repeat(60)}${n}`);
    nodeOf(0).gossip.publish(keys.map((key) => ({ key, windowMs: 1_000, slots: [[1, 1]] })));
    await until('the second node knows', () => nodeOf(1).heard.length === keys.length);
    expect(nodeOf(1).heard.map(({ key }) => key)).toEqual(keys);
  });

  test.each([
    '',
    'no JSON',
    '[]',
    '{"node":"n","takes":[["a",1000,[[1]]]]}',
    '{"node":"n","takes":[["a","b",[]]]}',
    'null',
  ])('a message that cannot be read does no harm: %j', async (body) => {
    nodeOf(0).connection.live?.publish(RATE_LIMITS_SUBJECT, body);
    nodeOf(0).connection.live?.publish(RATE_LIMITS_SUBJECT, body);
    expect(take(0, 'api:a', 40)).toBe(40);
    await until('the second node knows', () => heardOf(1, 'api:a') === 40);
    expect(warnings).toHaveLength(3);
  });
});

function sum(slots: Takes['slots']): number {
  return slots.reduce((total, [, count]) => total + count, 0);
}
