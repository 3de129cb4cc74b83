import type { Command } from 'commander';
import type { Cli } from './cli.js';
import type { RepublishOptions } from './events.js';

export function registerRepair(program: Command, cli: Cli): void {
  program
    .command('events')
    .description('repair event streams')
    .command('republish')
    .description('publish events again from the outbox')
    .requiredOption('--since <instant>', 'time of the first event (RFC 3339)')
    .option('--module <name>', 'events of this module only')
    .action(async (options: RepublishOptions) => {
      const { republish } = await import('./events.js');
      await republish(options, await cli.installation(), cli.say);
    });
  program
    .command('time')
    .description('repair the history of tasks')
    .command('rebuild')
    .description('rebuild the history from the task log')
    .option('--no-wait', 'return without waiting for completion')
    .action(async ({ wait }: { wait: boolean }) => {
      const { timeTrackingFeature } = await import('@mono/time-tracking/feature');
      await cli.withModule({ name: 'time-tracking', migrations: timeTrackingFeature.migrations }, async (database) => {
        const { TimeCommands } = await import('./time.js');
        await new TimeCommands(database, cli.say).rebuild({ wait });
      });
    });
}
