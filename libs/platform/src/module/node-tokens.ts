// Tokens of values that a node provides to features. They are classes, so that constructors need no @Inject.
import type { EventChanges, OperationMap } from '@mono/contract';
import type { FeatureConfig } from '../config/feature-config.js';
import type { Settings, SettingsOf } from '../config/settings.js';
import type { Database } from '../database/database.js';

export interface NodeFacts {
  /** APP_ENV: dev, test, qa or prod. */
  environment: string;
  /** For files of the node; absolute. */
  dataDirectory: string;
  /** How long streams keep an event, in milliseconds. */
  eventAgeMs: number;
  /** How long the trash keeps what is deleted, in days. */
  trashDays: number;
  /** Copies of a stream in a cluster. */
  replicas: number;
}

export class NodeInfo implements NodeFacts {
  readonly environment: string;
  readonly dataDirectory: string;
  readonly eventAgeMs: number;
  readonly trashDays: number;
  readonly replicas: number;

  constructor({ environment, dataDirectory, eventAgeMs, trashDays, replicas }: NodeFacts) {
    this.environment = environment;
    this.dataDirectory = dataDirectory;
    this.eventAgeMs = eventAgeMs;
    this.trashDays = trashDays;
    this.replicas = replicas;
  }
}

/** Where people reach the service. */
export abstract class PublicUrl {
  /** The beginning of links, without a slash at its end. @throws UnavailableError while the node does not listen yet. */
  abstract get(): string;
}

/** The settings of all features, whether they run here or not. */
export class ParsedSettings {
  constructor(private readonly settingsOf: (config: FeatureConfig) => SettingsOf<Settings>) {}

  of(config: FeatureConfig): SettingsOf<Settings> {
    return this.settingsOf(config);
  }
}

/** The databases of the modules that run here. */
export class OpenDatabases {
  constructor(private readonly databases: Readonly<Record<string, Database>>) {}

  of(module: string): Database {
    const database = this.databases[module];
    if (!database) throw new Error(`Invariant violated: the database of ${module} is not open.`);
    return database;
  }
}

/** The events of all features, whether they run here or not. */
export class FeatureEvents {
  constructor(readonly all: readonly EventChanges[]) {}
}

/** The operations of all features, whether they run here or not. */
export class FeatureOperations {
  constructor(readonly all: readonly OperationMap[]) {}
}
