import type { Command } from 'commander';
import type { Cli } from './cli.js';
import { registerOperators } from './operators.commands.js';
import type { UserCommands, UserOptions } from './users.js';
import type { WorkspaceCommands } from './workspaces.js';

export function registerTenants(program: Command, cli: Cli): void {
  const withWorkspaces = (work: (commands: WorkspaceCommands) => Promise<void>): Promise<void> =>
    cli.withAuth(async (database) => {
      const { WorkspaceCommands } = await import('./workspaces.js');
      await work(new WorkspaceCommands(database, cli.say));
    });
  const workspace = program.command('workspace').description('manage workspaces');
  workspace
    .command('create')
    .description('create a workspace')
    .requiredOption('--name <text>', 'display name')
    .option('--timezone <zone>', 'IANA time zone of its days', 'UTC')
    .action((options: { name: string; timezone: string }) => withWorkspaces((commands) => commands.create(options)));
  workspace
    .command('list')
    .description('list workspaces')
    .action(() => withWorkspaces((commands) => commands.list()));

  const withUsers = (work: (commands: UserCommands) => Promise<void>): Promise<void> =>
    cli.withAuth(async (database) => {
      const { UserCommands } = await import('./users.js');
      await work(new UserCommands(database, cli.say));
    });
  const user = program.command('user').description('manage users');
  user
    .command('create')
    .description('create a user with a verified email address')
    .requiredOption('--email <address>', 'email address used to sign in')
    .requiredOption('--name <text>', 'display name')
    .option('--role <role>', 'owner, admin, member or viewer (required without a terminal)')
    .option('--workspace <id>', 'workspace to join (default: the first one)')
    .option('--timezone <zone>', 'IANA time zone of the user', 'UTC')
    .option('--password-stdin', 'read the password from standard input instead of generating one')
    .action((options: UserOptions) => withUsers((commands) => commands.create(options)));
  user
    .command('list')
    .description('list users')
    .action(() => withUsers((commands) => commands.list()));

  registerOperators(program, cli, user, workspace);
}
