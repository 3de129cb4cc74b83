import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { until } from '../../../../test/support/until.ts';
import { createLogger } from '../logging/logger.js';
import { nodeForTests } from '../testing/node-for-tests.js';
import { callOnBusListening } from './on-bus-listening.js';
import { Periodically } from './periodic-work.js';

@Injectable()
class Bakery {
  readonly intervalMs = 1;
  readonly rounds: string[] = [];
  release: (() => void) | undefined;

  @Periodically({ everyMs: 1, atStart: true, failure: 'Failed to bake' })
  async bake(): Promise<void> {
    this.rounds.push('bake');
    throw new Error('the oven is cold');
  }

  @Periodically({ every: ({ intervalMs }: Bakery) => intervalMs, failure: 'Failed to clean' })
  clean(): Promise<void> {
    this.rounds.push('clean');
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }
}

@Module({ providers: [Bakery, { provide: 'the same bakery', useExisting: Bakery }] })
class BakeryModule {}

describe('periodic work', () => {
  let lines: { level: number; msg: string; work?: string; err?: { message: string } }[];
  let application: TestingModule;
  let bakery: Bakery;

  beforeEach(async () => {
    lines = [];
    const to = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = createLogger({ level: 'info', format: 'json', to });
    const imports = [nodeForTests({ databases: {}, logger }), BakeryModule];
    application = await Test.createTestingModule({ imports }).compile();
    await application.init();
    bakery = application.get(Bakery);
  });

  test('begins once the bus listens, not with the application', async () => {
    expect(bakery.rounds).toEqual([]);
    await callOnBusListening(application);
    expect(bakery.rounds).toEqual(['bake']);
    await until('it is being cleaned', () => bakery.release !== undefined);
    bakery.release?.();
    await application.close();
  });

  test('logs a round that fails under its own message, and goes on', async () => {
    await callOnBusListening(application);
    await until('it was tried again', () => bakery.rounds.filter((round) => round === 'bake').length > 1);
    expect(lines[0]).toMatchObject({
      msg: 'Failed to bake',
      work: 'Bakery.bake',
      err: { message: 'the oven is cold' },
    });
    await until('it is being cleaned', () => bakery.release !== undefined);
    bakery.release?.();
    await application.close();
  });

  test('ends before the application has closed', async () => {
    await callOnBusListening(application);
    await until('it is being cleaned', () => bakery.release !== undefined);
    let closed = false;
    const closing = application.close().then(() => (closed = true));
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    bakery.release?.();
    await closing;
    const { length } = bakery.rounds;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(bakery.rounds).toHaveLength(length);
  });
});
