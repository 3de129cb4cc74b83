// The context of all commands. Everything beyond commander loads inside an action, so that help costs nothing.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Database, Environment, ModuleDatabaseOptions } from '@mono/platform';

export interface Installation {
  dataDirectory: string;
  /** As a node started in this directory would see it. */
  environment: Environment;
}

interface ModuleWithTables {
  name: string;
  migrations: ModuleDatabaseOptions['migrations'];
}

export class Cli {
  constructor(private readonly program: Command) {}

  readonly say = (line: string): void => void process.stdout.write(`${line}\n`);

  async installation(): Promise<Installation> {
    const { layerEnvironment } = await import('@mono/platform');
    const { environment } = layerEnvironment(process.cwd(), process.env);
    const { dataDir } = this.program.opts<{ dataDir?: string }>();
    return { dataDirectory: resolve(dataDir ?? (environment['DATA_DIR']?.trim() || 'data')), environment };
  }

  /** Migrates the tables of the module first. */
  async withModule<T>(
    { name, migrations }: ModuleWithTables,
    work: (database: Database, installation: Installation) => Promise<T>,
  ): Promise<T> {
    const installation = await this.installation();
    const { withDatabase } = await import('./installation-database.js');
    return withDatabase({ ...installation, module: name, migrations }, (database) => work(database, installation));
  }

  async withAuth<T>(work: (database: Database, installation: Installation) => Promise<T>): Promise<T> {
    const { authFeature } = await import('@mono/auth/feature');
    return this.withModule({ name: 'auth', migrations: authFeature.migrations }, work);
  }

  async withPlatform<T>(work: (database: Database, installation: Installation) => Promise<T>): Promise<T> {
    const { platformMigrations } = await import('@mono/platform');
    const { adminFeature } = await import('@mono/admin/feature');
    return this.withModule({ name: 'platform', migrations: [...platformMigrations, ...adminFeature.migrations] }, work);
  }
}
