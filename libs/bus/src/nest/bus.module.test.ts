// BusModule.forRootAsync: what it provides, and when connection and consumers start and stop.
import { Controller, Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { BusWorld, SECRET } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import { Bus } from '../bus.js';
import { BusConnection } from '../connection/bus-connection.js';
import { defineRequest } from '../contracts/contract.js';
import { BusModule } from './bus.module.js';
import { connectBus } from './connect-bus.js';
import { RequestHandler } from './decorators.js';

const silent = { info() {}, warn() {}, error() {} };
const optionsOf = (url: string) => ({ connection: { url, name: 'test' }, logger: silent, secrets: [SECRET] });
const slow = defineRequest({ module: 'nest', name: 'slow' });
let log: string[] = [];

@Controller()
class Handlers {
  @RequestHandler(slow)
  async slow(): Promise<void> {
    log.push('request begins');
    await until('the bus stops pulling', () => log.includes('bus stops pulling'));
    log.push('request ends');
  }
}

/** A provider that uses the bus until it has stopped. */
@Injectable()
class Feature implements OnApplicationShutdown {
  constructor(@Inject(BusConnection) private readonly connection: BusConnection) {}

  onApplicationShutdown(): void {
    log.push(`feature stops, connected: ${this.connection.connected}`);
  }
}

describe('BusModule.forRootAsync', () => {
  let world: BusWorld;

  beforeAll(async () => {
    world = await BusWorld.start();
  });
  afterAll(() => world?.end());

  test('stops pulling first, finishes requests, and closes the connection last', async () => {
    log = [];
    const settings: DynamicModule = {
      module: class Settings {},
      providers: [{ provide: 'NATS_URL', useValue: world.nats.url }],
      exports: ['NATS_URL'],
    };
    @Module({
      imports: [BusModule.forRootAsync({ imports: [settings], inject: ['NATS_URL'], useFactory: optionsOf })],
      controllers: [Handlers],
      providers: [Feature],
    })
    class Root {}
    const application = await NestFactory.create(Root, new FastifyAdapter(), { logger: false, abortOnError: false });
    const [bus, connection] = [application.get(Bus), application.get(BusConnection)];
    const stopPulling = bus.stopPulling.bind(bus);
    bus.stopPulling = () => {
      log.push('bus stops pulling');
      return stopPulling();
    };
    connectBus(application, { contracts: [slow], drainMs: 60_000 });
    expect(connection.connected).toBe(false);
    await application.init();
    await application.startAllMicroservices();
    await until('the bus is connected', () => connection.connected);

    const client = await world.node();
    const answer = client.request(slow, undefined, { timeoutMs: 60_000 });
    await until('the request has begun', () => log.length > 0);
    await application.close();
    log.push(`closed, connected: ${connection.connected}`);
    await answer;
    expect([...new Set(log)]).toEqual([
      'request begins',
      'bus stops pulling',
      'request ends',
      'feature stops, connected: true',
      'closed, connected: false',
    ]);
  });
});
