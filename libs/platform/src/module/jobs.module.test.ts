import { Injectable, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { defineConfig } from '../config/feature-config.js';
import { integer } from '../config/settings.js';
import { JobQueues, type Job, type JobQueue, type JobQueueOptions } from '../jobs/job-queue.js';
import { nodeForTests } from '../testing/node-for-tests.js';
import { InjectQueue, JobsModule, Processor, type JobProcessor } from './jobs.module.js';

const config = defineConfig('bakery', { OVENS: integer({ description: 'Ovens.', default: 3, min: 1, max: 9 }) });

class Queues extends JobQueues {
  readonly made: JobQueueOptions<never>[] = [];
  readonly added: string[] = [];

  queue<Payload>(options: JobQueueOptions<Payload>): JobQueue<Payload> {
    this.made.push(options);
    return { add: (name: string) => Promise.resolve(void this.added.push(name)) } as unknown as JobQueue<Payload>;
  }
}

@Injectable()
@Processor('bakery')
class Baker implements JobProcessor<{ loaf: string }> {
  readonly baked: string[] = [];

  constructor(@InjectQueue('bakery') readonly queue: JobQueue<{ loaf: string }>) {}

  async process({ payload: { loaf } }: Job<{ loaf: string }>): Promise<void> {
    this.baked.push(loaf);
    await this.queue.add(`cool ${loaf}`, { loaf }, { deduplicateBy: loaf });
  }
}

@Injectable()
@Processor('bakery')
class SecondBaker extends Baker {}

describe('the queues of a feature', () => {
  let queues: Queues;

  beforeEach(() => {
    queues = new Queues();
  });

  function moduleWith(...providers: Type[]): Promise<TestingModule> {
    @Module({
      imports: [
        JobsModule.forFeature({
          queue: 'bakery',
          module: 'bakery',
          attempts: 2,
          config,
          options: ({ OVENS }) => ({ concurrency: OVENS }),
        }),
      ],
      providers,
    })
    class Bakery {}
    return Test.createTestingModule({ imports: [nodeForTests({ databases: {}, jobs: queues }), Bakery] }).compile();
  }

  test('run by their processor, which may inject them', async () => {
    const module = await moduleWith(Baker);
    await module.init();
    const [options] = queues.made;
    expect(options).toMatchObject({ name: 'bakery', module: 'bakery', attempts: 2, concurrency: 3 });
    await options?.handle({ name: 'bake', payload: { loaf: 'rye' } } as never);
    expect(module.get(Baker).baked).toEqual(['rye']);
    expect(queues.added).toEqual(['cool rye']);
  });

  test.each([
    ['no processor', []],
    ['two processors', [Baker, SecondBaker]],
  ])('stop the boot with %s', async (_what, providers) => {
    const module = await moduleWith(...providers);
    await expect(module.init()).rejects.toThrow(`The queue bakery has ${providers.length} providers with @Processor`);
  });
});
