// What this node is made of: the modules that run here, and the edges of those that do not.
import { resolve } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import type { DeadLetterStore } from '@mono/admin/module';
import { BusModule, type Bus, type BusConnection } from '@mono/bus';
import { restController } from '@mono/edge';
import {
  NodeModule,
  type Database,
  type FeatureModule,
  type Jobs,
  type Logger,
  type Metrics,
  type NodeFacts,
  type PublicUrl,
  type Throttle,
} from '@mono/platform';
import { databaseOwner, settingsOf, type Configuration } from './configuration.js';
import { FEATURES } from './features.js';
import { PlatformModule } from './platform.module.js';

export interface AppParts {
  configuration: Configuration;
  publicUrl: PublicUrl;
  /** The modules that run here. */
  features: readonly FeatureModule[];
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
    const running = new Map(features.map((feature) => [feature.edge.name, feature]));
    const modules = FEATURES.map(({ edge }) => {
      const feature = running.get(edge.name);
      return feature ? create(feature, parts) : edge.module;
    });
    return {
      module: AppModule,
      imports: [
        BusModule.forRoot(bus),
        NodeModule.forRoot({
          ...parts,
          ...factsOf(parts),
          settingsOf: ({ feature }) => settingsOf(configuration, feature),
        }),
        PlatformModule.forRoot(parts),
        ...modules,
      ],
      controllers: FEATURES.flatMap(({ edge }) => edge.operations ?? []).map(restController),
    };
  }
}

function factsOf({ configuration, replicas }: AppParts): NodeFacts {
  return {
    environment: configuration.node.APP_ENV,
    dataDirectory: resolve(configuration.node.DATA_DIR),
    eventAgeMs: configuration.bus.EVENTS_MAX_AGE_DAYS * DAY_MS,
    replicas,
  };
}

function create(feature: FeatureModule, parts: AppParts): DynamicModule {
  const { configuration, publicUrl, databases, connection, bus, throttle, jobs, logger, metrics } = parts;
  const { name } = feature.edge;
  const database = databases[databaseOwner(feature.edge)];
  if (!database) throw new Error(`The module ${name} has no database.`);
  return feature.create({
    database,
    bus,
    connection,
    ...factsOf(parts),
    publicUrl: () => publicUrl.get(),
    settings: settingsOf(configuration, name),
    throttle,
    jobs,
    logger,
    metrics,
  });
}
