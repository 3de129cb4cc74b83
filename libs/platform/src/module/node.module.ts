// Gives every module what a node has.
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BusConnection } from '@mono/bus';
import type { EventChanges, OperationMap } from '@mono/contract';
import { LoggerModule } from 'nestjs-pino';
import type { FeatureConfig } from '../config/feature-config.js';
import type { Settings, SettingsOf } from '../config/settings.js';
import type { Database } from '../database/database.js';
import { JobQueues } from '../jobs/job-queue.js';
import type { Logger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { NatsRoutes } from '../nats/nats-routes.js';
import { Throttle } from '../rate-limits/throttle.js';
import {
  FeatureEvents,
  FeatureOperations,
  NodeInfo,
  OpenDatabases,
  ParsedSettings,
  PublicUrl,
  type NodeFacts,
} from './node-tokens.js';
import { PeriodicWork } from './periodic-work.js';

export interface NodeOptions extends NodeFacts {
  connection: BusConnection;
  /** The one logger of the node; features inject it as PinoLogger. */
  logger: Logger;
  metrics: Metrics;
  /** For what is rare and must not be guessed. */
  throttle: Throttle;
  jobs: JobQueues;
  publicUrl: PublicUrl;
  /** By module. */
  databases: Readonly<Record<string, Database>>;
  /** The events of all features. */
  events: readonly EventChanges[];
  /** The operations of all features. */
  operations: readonly OperationMap[];
  /** Parsed. */
  settingsOf: (config: FeatureConfig) => SettingsOf<Settings>;
}

@Module({})
export class NodeModule {
  /** Global. Beside `BusModule`, which provides `Bus`. */
  static forRoot(options: NodeOptions): DynamicModule {
    const { connection, logger, metrics, throttle, jobs, publicUrl, databases, settingsOf } = options;
    const { events, operations } = options;
    const provided = [
      { provide: BusConnection, useValue: connection },
      { provide: Metrics, useValue: metrics },
      { provide: Throttle, useValue: throttle },
      { provide: JobQueues, useValue: jobs },
      { provide: PublicUrl, useValue: publicUrl },
      { provide: NodeInfo, useFactory: () => new NodeInfo(options) },
      { provide: OpenDatabases, useFactory: () => new OpenDatabases(databases) },
      { provide: FeatureEvents, useFactory: () => new FeatureEvents(events) },
      { provide: FeatureOperations, useFactory: () => new FeatureOperations(operations) },
      { provide: ParsedSettings, useFactory: () => new ParsedSettings(settingsOf) },
    ];
    return {
      module: NodeModule,
      global: true,
      imports: [DiscoveryModule, LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] })],
      providers: [...provided, PeriodicWork, NatsRoutes],
      exports: [DiscoveryModule, LoggerModule, PeriodicWork, NatsRoutes, ...provided.map(({ provide }) => provide)],
    };
  }
}
