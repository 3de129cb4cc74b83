import { Module, type DynamicModule } from '@nestjs/common';
import type { FeatureConfig } from '../config/feature-config.js';
import { ParsedSettings } from './node-tokens.js';

@Module({})
export class ConfigModule {
  /** Provides the values of a feature's settings: `@Inject(tasksConfig.KEY) config: ConfigOf<typeof tasksConfig>`. */
  static forFeature(config: FeatureConfig): DynamicModule {
    const { KEY } = config;
    const provider = { provide: KEY, inject: [ParsedSettings], useFactory: (all: ParsedSettings) => all.of(config) };
    return { module: ConfigModule, providers: [provider], exports: [KEY] };
  }
}
