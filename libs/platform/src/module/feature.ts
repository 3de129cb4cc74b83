// A feature as an app sees it: what every node loads of it, and how to load the module where it runs.
import { Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import type { Contract, EventContract } from '@mono/bus';
import { declareScopes, type OperationMap, type ScopeDeclarations } from '@mono/contract';
import type { FeatureConfig } from '../config/feature-config.js';
import type { Settings } from '../config/settings.js';
import type { ModuleDatabaseOptions } from '../database/open-database.js';
import type { FeatureEdge } from './feature-module.js';

export interface FeatureOptions<S extends Settings = Settings> {
  /** kebab-case; with `_` for `-` also its schema. */
  name: string;
  /** Whether every node runs it, whatever MODULES says. Its tables are then in the schema `platform`, which every node opens. */
  onEveryNode?: boolean;
  config?: FeatureConfig<S>;
  /** REST routes and the subjects for outside clients derive from them. */
  operations?: readonly OperationMap[];
  contracts?: readonly Contract[];
  /** The scopes that guard its operations, each with the lowest role that has it. */
  scopes?: ScopeDeclarations;
  /** The groups of its operations in the OpenAPI document, with their descriptions. */
  tags?: Readonly<Record<string, string>>;
  /** Nest modules of every node, such as what each edge needs of the feature. */
  imports?: readonly Type[];
  /** REST controllers for special answers. They run on every node and call the module over the bus. */
  controllers?: readonly Type[];
  /** Events that belong into the audit trail: their bodies name actor, source, aggregate and changes. */
  audited?: readonly EventContract[];
  migrations?: ModuleDatabaseOptions['migrations'];
  /** For nodes where the module does not run; its module has the same routes over the use cases. To be derived from operations. */
  elsewhere?: Pick<ModuleMetadata, 'controllers' | 'providers' | 'exports'>;
  /** Imports the Nest module. Called only where it runs: elsewhere its code is never loaded. */
  load: () => Promise<Type>;
}

export interface Feature<S extends Settings = Settings> extends FeatureEdge<S> {
  /** On every node, whether the module runs there or not. */
  everywhere: DynamicModule;
  migrations: ModuleDatabaseOptions['migrations'];
  load: () => Promise<Type>;
}

@Module({})
class FeatureEverywhere {}

@Module({})
class FeatureElsewhere {}

/** Its scopes are known from then on. */
export function defineFeature<S extends Settings>(options: FeatureOptions<S>): Feature<S> {
  const {
    name,
    onEveryNode,
    config,
    operations,
    contracts = [],
    scopes,
    tags,
    imports = [],
    controllers = [],
  } = options;
  const { audited, elsewhere } = options;
  if (scopes) declareScopes(scopes);
  const everywhere: DynamicModule = {
    module: FeatureEverywhere,
    imports: [...imports],
    controllers: [...controllers],
  };
  return {
    name,
    ...(onEveryNode && { onEveryNode }),
    settings: config?.settings ?? ({} as S),
    ...(config?.faults && { faults: config.faults }),
    ...(operations && { operations }),
    contracts,
    ...(scopes && { scopes }),
    ...(tags && { tags }),
    ...(audited && { audited }),
    migrations: options.migrations ?? [],
    everywhere,
    module: { module: FeatureElsewhere, imports: [everywhere], ...elsewhere },
    load: options.load,
  };
}
