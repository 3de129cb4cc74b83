import type { Command } from 'commander';
import type { Cli } from './cli.js';
import type { NatsUserCommands } from './nats-user.js';

export function registerNatsUsers(program: Command, cli: Cli): void {
  const natsUser = program.command('nats-user').description('manage outside clients of the embedded NATS');
  const natsUsers = async (): Promise<NatsUserCommands> => {
    const { NatsUserCommands } = await import('./nats-user.js');
    return new NatsUserCommands((await cli.installation()).dataDirectory, cli.say);
  };

  natsUser
    .command('add <name>')
    .description('create a user and print its password once')
    .action(async (name: string) => (await natsUsers()).add(name));
  natsUser
    .command('list')
    .description('list users')
    .action(async () => (await natsUsers()).list());
  natsUser
    .command('remove <name>')
    .description('remove a user and close its connections')
    .action(async (name: string) => (await natsUsers()).remove(name));
}
