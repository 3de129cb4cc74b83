// What a feature module is to an app: an edge that every node loads, and the module itself, whose code is loaded only where
// it runs.
import type { DynamicModule } from '@nestjs/common';
import type { Bus, BusConnection, Contract, EventContract } from '@mono/bus';
import type { OperationMap, ScopeDeclarations } from '@mono/contract';
import type { ConfigurationFault } from '../config/parse-configuration.js';
import type { Settings, SettingsOf } from '../config/settings.js';
import type { Database } from '../database/database.js';
import type { ModuleDatabaseOptions } from '../database/open-database.js';
import type { JobQueues } from '../jobs/job-queue.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Throttle } from '../rate-limits/throttle.js';

/** The module's face: what it answers and asks, without its inside. */
export interface FeatureEdge<S extends Settings = Settings> {
  /** kebab-case; with `_` for `-` also its schema. */
  name: string;
  /** As that of FeatureOptions. */
  onEveryNode?: boolean;
  settings: S;
  /** Relations between settings ("X needs Y"); one that is faulty by itself is undefined here. */
  faults?(settings: SettingsOf<S>): ConfigurationFault[];
  contracts: readonly Contract[];
  /** REST routes and the subjects for outside clients derive from them. */
  operations?: readonly OperationMap[];
  /** The scopes that guard its operations, each with the lowest role that has it. */
  scopes?: ScopeDeclarations;
  /** The groups of its operations in the OpenAPI document, with their descriptions. */
  tags?: Readonly<Record<string, string>>;
  /** Events that belong into the audit trail: their bodies name actor, source, aggregate and changes. */
  audited?: readonly EventContract[];
  /** Controllers over the module's API as a client on the bus. */
  module: DynamicModule;
}

/** All that a feature answers over the bus. */
export function contractsOf({ contracts, operations = [] }: FeatureEdge): readonly Contract[] {
  return [...contracts, ...operations.flatMap((map) => Object.values(map) as Contract[])];
}

export interface FeatureParts<S extends Settings = Settings> {
  database: Database;
  bus: Bus;
  connection: BusConnection;
  /** What the node runs for: dev, test, qa, prod. */
  environment: string;
  /**
   * Where people reach the service; links begin with it. No slash at its end.
   * @throws UnavailableError while the node does not listen yet.
   */
  publicUrl: () => string;
  /** Where the node keeps files of its own; absolute. */
  dataDirectory: string;
  settings: SettingsOf<S>;
  /** How long streams keep an event, in milliseconds. */
  eventAgeMs: number;
  /** Copies of a stream in a cluster. */
  replicas: number;
  /** For what is rare and must not be guessed. */
  throttle: Throttle;
  /** Work that is kept until it is done; ask for queues while the module is made. */
  jobs: JobQueues;
  logger: Logger;
  metrics: Metrics;
}

export interface FeatureModule<S extends Settings = Settings> {
  edge: FeatureEdge<S>;
  migrations: ModuleDatabaseOptions['migrations'];
  /** Controllers over the use cases themselves, handlers of the bus, and what runs beside them. */
  create(parts: FeatureParts<S>): DynamicModule;
}

/** Of the module's tables. */
export function schemaOf(module: string): string {
  return module.replaceAll('-', '_');
}
