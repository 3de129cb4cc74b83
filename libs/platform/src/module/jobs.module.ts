// A feature's queues: injected by @InjectQueue, run by the provider with @Processor.
import { Inject, Module, SetMetadata, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import type { ConfigOf, FeatureConfig } from '../config/feature-config.js';
import { JobQueues, type Job, type JobQueue, type JobQueueOptions } from '../jobs/job-queue.js';
import { ParsedSettings } from './node-tokens.js';

type Constants = Omit<JobQueueOptions<unknown>, 'name' | 'handle'>;

export interface QueueOptions<Config extends FeatureConfig = FeatureConfig> extends Partial<Constants> {
  /** Its name among all queues of the installation. */
  queue: string;
  /** The feature, for dead letters. */
  module: string;
  /** The feature's configuration, where `options` depend on it. */
  config?: Config;
  options?: (config: ConfigOf<Config>) => Partial<Constants>;
}

/** A provider with @Processor. May be called again for a job that it has done: see JobQueueOptions.handle. */
export interface JobProcessor<Payload = unknown> {
  process(job: Job<Payload>): Promise<void>;
}

const PROCESSES = 'mono:processes';
const CONCURRENCY = 4;
const ATTEMPTS = 10;
const BACKOFF_MS = 500;

function queueToken(queue: string): string {
  return `queue ${queue}`;
}

/** The `JobQueue` of this name, of `JobsModule.forFeature`. */
export function InjectQueue(queue: string): ParameterDecorator {
  return Inject(queueToken(queue));
}

/** Marks the provider that runs the jobs of a queue. */
export function Processor(queue: string): ClassDecorator {
  return SetMetadata(PROCESSES, queue);
}

/** The queue exists before the provider that runs its jobs, which may depend on it. */
class Queue implements OnModuleInit {
  readonly jobs: JobQueue<unknown>;
  private processor: JobProcessor | undefined;

  constructor(
    queues: JobQueues,
    private readonly discovery: DiscoveryService,
    private readonly name: string,
    options: Constants,
  ) {
    this.jobs = queues.queue({ ...options, name, handle: (job) => this.handle(job) });
  }

  /** @throws TypeError unless exactly one provider runs the jobs. */
  onModuleInit(): void {
    const reflector = new Reflector();
    const processors = this.discovery
      .getProviders()
      .filter(({ metatype }) => metatype && reflector.get<string>(PROCESSES, metatype) === this.name)
      .map(({ instance }) => instance as JobProcessor);
    if (processors.length !== 1) {
      throw new TypeError(`The queue ${this.name} has ${processors.length} providers with @Processor: expected one.`);
    }
    [this.processor] = processors;
  }

  private async handle(job: Job<unknown>): Promise<void> {
    if (!this.processor) throw new Error(`Invariant violated: the queue ${this.name} runs before its module.`);
    await this.processor.process(job);
  }
}

@Module({})
export class JobsModule {
  static forFeature<Config extends FeatureConfig>(options: QueueOptions<Config>): DynamicModule {
    const { queue, config, options: resolve, ...constants } = options;
    const host = Symbol(`host of ${queueToken(queue)}`);
    return {
      module: JobsModule,
      providers: [
        {
          provide: host,
          inject: [JobQueues, DiscoveryService, ParsedSettings],
          useFactory: (queues: JobQueues, discovery: DiscoveryService, settings: ParsedSettings) =>
            new Queue(queues, discovery, queue, {
              concurrency: CONCURRENCY,
              attempts: ATTEMPTS,
              backoffMs: BACKOFF_MS,
              ...constants,
              ...(config && resolve?.(settings.of(config) as ConfigOf<Config>)),
            }),
        },
        { provide: queueToken(queue), inject: [host], useFactory: ({ jobs }: Queue) => jobs },
      ],
      exports: [queueToken(queue)],
    };
  }
}
