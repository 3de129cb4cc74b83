// A feature as an app sees it: what every node loads of it, and how to load the module where it runs.
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Contract, EventContract } from '@mono/bus';
import {
  declareScopes,
  type AuditedBody,
  type EventChanges,
  type OperationMap,
  type ScopeDeclarations,
} from '@mono/contract';
import type { FeatureConfig } from '../config/feature-config.js';
import type { Settings } from '../config/settings.js';
import type { ModuleDatabaseOptions } from '../database/open-database.js';

interface Facts {
  /** kebab-case; with `_` for `-` also its schema. */
  name: string;
  /** Whether every node runs it, whatever MODULES says. Its tables are then in the schema `platform`, which every node opens. */
  onEveryNode?: boolean;
  /** REST routes and the subjects for outside clients derive from them. */
  operations?: readonly OperationMap[];
  /** The scopes that guard its operations, each with the lowest role that has it. */
  scopes?: ScopeDeclarations;
  /** The groups of its operations in the OpenAPI document, with their descriptions. */
  tags?: Readonly<Record<string, string>>;
  /** Events that belong into the audit trail. */
  audited?: readonly EventContract<AuditedBody>[];
  /** All of its events, and what each changes: the change feed derives from it. */
  events?: readonly EventChanges[];
  /** Imports the Nest module. Called only where it runs: other nodes never load its code. */
  load: () => Promise<Type>;
}

export interface FeatureOptions<S extends Settings = Settings> extends Facts {
  config?: FeatureConfig<S>;
  /** Besides the operations: what only modules ask, and what a hand-written controller answers. */
  contracts?: readonly Contract[];
  /** Nest modules of every node, such as what each edge needs of the feature. */
  imports?: readonly Type[];
  /** REST controllers for special answers. They run on every node and call the module over the bus. */
  controllers?: readonly Type[];
  migrations?: ModuleDatabaseOptions['migrations'];
}

export interface Feature extends Facts {
  settings: Settings;
  /** Relations between settings ("X needs Y"). */
  faults: FeatureConfig['faults'];
  contracts: readonly Contract[];
  /** On every node, whether the module runs there or not. */
  everywhere: DynamicModule;
  migrations: ModuleDatabaseOptions['migrations'];
}

@Module({})
class FeatureEverywhere {}

/** Its scopes are known from then on. */
export function defineFeature<S extends Settings>(options: FeatureOptions<S>): Feature {
  const { config, contracts = [], imports = [], controllers = [], migrations = [], ...facts } = options;
  if (facts.scopes) declareScopes(facts.scopes);
  return {
    ...facts,
    settings: config?.settings ?? {},
    faults: config?.faults,
    contracts,
    migrations,
    everywhere: { module: FeatureEverywhere, imports: [...imports], controllers: [...controllers] },
  };
}

/** All that a feature answers over the bus. */
export function contractsOf({ contracts, operations = [] }: Feature): readonly Contract[] {
  return [...contracts, ...operations.flatMap((map) => Object.values(map) as Contract[])];
}

/** Of the tables of a feature. */
export function schemaOf(feature: string): string {
  return feature.replaceAll('-', '_');
}
