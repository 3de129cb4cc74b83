// Which modules run in this node.
import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '@mono/auth/module';
import type { BusConnection, BusLogger } from '@mono/bus';
import type { Database } from '@mono/platform';
import { TasksModule } from '@mono/tasks/module';
import type { Configuration } from './configuration.js';

export interface AppParts {
  configuration: Configuration;
  databases: Readonly<Record<ModuleName, Database>>;
  connection: BusConnection;
  logger: BusLogger;
}

export const MODULE_NAMES = ['auth', 'tasks'] as const;
export type ModuleName = (typeof MODULE_NAMES)[number];

const DAY_MS = 24 * 60 * 60 * 1_000;

@Module({})
export class AppModule {
  static forRoot({ configuration, databases, connection, logger }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AuthModule.forRoot({ database: databases.auth }),
        TasksModule.forRoot({
          database: databases.tasks,
          connection,
          settings: configuration.tasks,
          eventAgeMs: configuration.bus.EVENTS_MAX_AGE_DAYS * DAY_MS,
          logger,
        }),
      ],
    };
  }
}
