import type { Command } from 'commander';
import type { Cli } from './cli.js';

export function registerInstallation(program: Command, cli: Cli): void {
  program
    .command('down')
    .description('stop unused embedded servers')
    .option('--force', 'stop them even while instances run')
    .action(async ({ force }: { force?: boolean }) => {
      const { down } = await import('./down.js');
      process.exitCode = await down((await cli.installation()).dataDirectory, force === true, cli.say);
    });
  program
    .command('doctor')
    .description('check this machine and the data directory')
    .action(async () => {
      const { doctor } = await import('./doctor.js');
      const { dataDirectory, environment } = await cli.installation();
      process.exitCode = await doctor(dataDirectory, environment, cli.say);
    });
  program
    .command('seed')
    .description('create a demo workspace through a running instance')
    .option('--url <url>', 'URL of the instance (default: an instance of this data directory)')
    .action(({ url }: { url?: string }) =>
      cli.withAuth(async (database, { dataDirectory, environment }) => {
        const { seed } = await import('./seed.js');
        const options = { dataDirectory, environment: environment['APP_ENV']?.trim() || 'dev', ...(url && { url }) };
        await seed(database, options, cli.say);
      }),
    );
  program
    .command('routes')
    .description('list operations with their routes, scopes and subjects')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const { FEATURES } = await import('@mono/server/features');
      const { routesOf, routesTable } = await import('./routes.js');
      const rows = routesOf(FEATURES);
      if (json) cli.say(JSON.stringify(rows, null, 2));
      else for (const line of routesTable(rows)) cli.say(line);
    });
}
