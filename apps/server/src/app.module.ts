// What this node is made of: the edges of all features, and the modules of those that run here.
import { resolve } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import type { DeadLetterStore } from '@mono/admin/module';
import { BusModule, type Bus, type BusConnection } from '@mono/bus';
import { restController } from '@mono/edge';
import {
  NodeModule,
  type Database,
  type Jobs,
  type Logger,
  type Metrics,
  type NodeFacts,
  type PublicUrl,
  type Throttle,
} from '@mono/platform';
import { settingsOf, type Configuration } from './configuration.js';
import { FEATURES, type RunningFeature } from './features.js';
import { PlatformModule } from './platform.module.js';

export interface AppParts {
  configuration: Configuration;
  publicUrl: PublicUrl;
  /** Those that run here. */
  features: readonly RunningFeature[];
  /** By module. */
  databases: Readonly<Record<string, Database>>;
  connection: BusConnection;
  bus: Bus;
  /** Copies of a stream in a cluster. */
  replicas: number;
  logger: Logger;
  throttle: Throttle;
  jobs: Jobs;
  metrics: Metrics;
  letters: DeadLetterStore;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

@Module({})
export class AppModule {
  static forRoot(parts: AppParts): DynamicModule {
    const { features, bus, configuration } = parts;
    return {
      module: AppModule,
      imports: [
        BusModule.forRoot(bus),
        NodeModule.forRoot({
          ...parts,
          ...factsOf(parts),
          events: FEATURES.flatMap(({ events = [] }) => events),
          operations: FEATURES.flatMap(({ operations = [] }) => operations),
          settingsOf: ({ feature }) => settingsOf(configuration, feature),
        }),
        PlatformModule.forRoot(parts),
        ...FEATURES.map(({ everywhere }) => everywhere),
        ...features.map(({ module }) => module),
      ],
      controllers: FEATURES.flatMap(({ operations = [] }) => operations).map(restController),
    };
  }
}

function factsOf({ configuration, replicas }: AppParts): NodeFacts {
  return {
    environment: configuration.node.APP_ENV,
    dataDirectory: resolve(configuration.node.DATA_DIR),
    eventAgeMs: configuration.bus.EVENTS_MAX_AGE_DAYS * DAY_MS,
    trashDays: configuration.node.TRASH_DAYS,
    replicas,
  };
}
