// A node for the tests of features: `Test.createTestingModule({ imports: [nodeForTests(…), TasksModule] })`.
// Without `init()`, nothing runs beside the tests: no relay, no periodic work.
import { Module, type DynamicModule } from '@nestjs/common';
import { Bus, BusConnection, BusModule } from '@mono/bus';
import type { EventChanges, OperationMap } from '@mono/contract';
import { PinoLogger } from 'nestjs-pino';
import { symbols } from 'pino';
import type { FeatureConfig } from '../config/feature-config.js';
import type { Settings, SettingsOf } from '../config/settings.js';
import type { Database } from '../database/database.js';
import { JobQueues } from '../jobs/job-queue.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import type { NodeFacts } from '../module/node-tokens.js';
import { NodeModule } from '../module/node.module.js';
import { UNLIMITED, type Throttle } from '../rate-limits/throttle.js';

export interface NodeForTests extends Partial<NodeFacts> {
  /** By module. */
  databases: Readonly<Record<string, Database>>;
  /** Default: one that is connected to nothing. */
  bus?: Bus;
  connection?: BusConnection;
  /** By feature, where they differ from the defaults. */
  settings?: Readonly<Record<string, object>>;
  /** Default: none. */
  events?: readonly EventChanges[];
  /** Default: none. */
  operations?: readonly OperationMap[];
  throttle?: Throttle;
  jobs?: JobQueues;
  logger?: Logger;
  publicUrl?: string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const SECRET = 'only for tests, of 16 characters or more';

@Module({})
class TestNode {}

export function nodeForTests(options: NodeForTests): DynamicModule {
  const { databases, settings = {}, logger = silent(), throttle = UNLIMITED, jobs = new NoJobs(), publicUrl } = options;
  logTo(logger);
  const connection = options.connection ?? new BusConnection({ url: 'nats://127.0.0.1', name: 'test', logger });
  const bus = options.bus ?? new Bus({ connection, logger, secrets: [SECRET], route: 'local-first' });
  return {
    module: TestNode,
    imports: [
      BusModule.forRoot(bus),
      NodeModule.forRoot({
        environment: options.environment ?? 'test',
        dataDirectory: options.dataDirectory ?? '/nonexistent',
        eventAgeMs: options.eventAgeMs ?? DAY_MS,
        trashDays: options.trashDays ?? 30,
        replicas: options.replicas ?? 1,
        connection,
        logger,
        metrics: new Metrics(),
        throttle,
        jobs,
        publicUrl: { get: () => publicUrl ?? 'http://mono.test' },
        databases,
        events: options.events ?? [],
        operations: options.operations ?? [],
        settingsOf: (config) => ({ ...defaultsOf(config), ...settings[config.feature] }),
      }),
    ],
  };
}

function silent(): Logger {
  return createLogger({ level: 'silent', format: 'json', to: { write: () => undefined } });
}

/** PinoLogger has one root in a process, of the first test's node: its lines go where those of the last one go. */
export function logTo(logger: Logger): void {
  const root = PinoLogger.root as Logger | undefined;
  if (!root) return;
  Object.assign(root, { [symbols.streamSym]: (logger as unknown as Record<symbol, unknown>)[symbols.streamSym] });
  root.level = logger.level;
}

/** Queues that take no jobs. */
class NoJobs extends JobQueues {
  queue(): never {
    throw new Error('This test has no jobs: give `jobs` to nodeForTests().');
  }
}

function defaultsOf({ settings }: FeatureConfig): SettingsOf<Settings> {
  const values = Object.entries(settings).map(([name, setting]) => [
    name,
    setting.defaultText === undefined ? undefined : setting.parse(setting.defaultText),
  ]);
  return Object.fromEntries(values) as SettingsOf<Settings>;
}
