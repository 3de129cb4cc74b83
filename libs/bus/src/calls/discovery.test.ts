// The requests of `nats micro ls`, `info` and `stats`.
import type { NatsConnection } from '@nats-io/transport-node';
import { BusWorld } from '../testing/bus-world.js';
import { BusError } from '../calls/bus-error.js';
import { defineRequest } from '../contracts/contract.js';

const work = defineRequest({ module: 'shop', name: 'work' });
const fail = defineRequest({ module: 'shop', name: 'fail' });
const other = defineRequest({ module: 'other', name: 'work' });

interface Reply {
  type: string;
  name: string;
  id: string;
  endpoints?: Record<string, unknown>[];
}

describe('discovery', () => {
  let world: BusWorld;
  let connection: NatsConnection;

  beforeAll(async () => {
    world = await BusWorld.start();
    for (let node = 0; node < 2; node += 1) {
      const bus = await world.node({ node: `node-${node}` });
      bus.handle(work, () => new Promise((resolve) => setTimeout(resolve, 20)));
      bus.handle(fail, () => Promise.reject(new BusError({ status: 409, code: 'clash', message: 'Clash.' })));
      bus.handle(other, () => Promise.resolve());
      await world.serve(bus);
    }
    connection = (await world.node()).host.connection.live as NatsConnection;
  });
  afterAll(() => world?.end());

  async function ask(subject: string): Promise<Reply[]> {
    const replies: Reply[] = [];
    for await (const message of await connection.requestMany(subject, '', { strategy: 'stall', stall: 300 })) {
      replies.push(message.json());
    }
    return replies;
  }

  test('each module of each node answers PING by all, name and id', async () => {
    const all = await ask('$SRV.PING');
    expect(all.map(({ name }) => name).toSorted()).toEqual(['other', 'other', 'shop', 'shop']);
    expect(new Set(all.map(({ id }) => id)).size).toBe(4);
    expect(all[0]).toMatchObject({ type: 'io.nats.micro.v1.ping_response', version: '1.0.0' });
    expect(await ask('$SRV.PING.shop')).toHaveLength(2);
    const [one] = await ask('$SRV.PING.shop');
    expect(await ask(`$SRV.PING.shop.${one?.id}`)).toEqual([one]);
  });

  test('INFO names the endpoints', async () => {
    const [info] = await ask('$SRV.INFO.shop');
    expect(info).toMatchObject({ type: 'io.nats.micro.v1.info_response', name: 'shop' });
    expect(info?.endpoints).toEqual([
      expect.objectContaining({ name: 'work', subject: 'services.shop.work', queue_group: 'shop' }),
      expect.objectContaining({ name: 'fail', subject: 'services.shop.fail' }),
    ]);
  });

  test('STATS reports the processing time and the errors of the handlers', async () => {
    const client = await world.node();
    for (let call = 0; call < 4; call += 1) await client.request(work, undefined);
    await expect(client.request(fail, undefined)).rejects.toThrow('Clash.');
    const stats = await ask('$SRV.STATS.shop');
    const sum = (endpoint: number, field: string): number =>
      stats.reduce((total, { endpoints }) => total + Number(endpoints?.[endpoint]?.[field]), 0);
    expect([sum(0, 'num_requests'), sum(0, 'num_errors')]).toEqual([4, 0]);
    // Nanoseconds of a handler that waits 20 ms.
    expect(sum(0, 'processing_time')).toBeGreaterThan(4 * 15e6);
    expect([sum(1, 'num_requests'), sum(1, 'num_errors')]).toEqual([1, 1]);
    expect(stats.map(({ endpoints }) => endpoints?.[1]?.['last_error'])).toContain('409:clash Clash.');
  });
});
