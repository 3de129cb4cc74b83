import type { Command } from 'commander';
import type { Cli } from './cli.js';
import type { OperatorCommands } from './operators.js';

interface Confirmed {
  yes?: boolean;
}

const YES = ['--yes', 'delete without asking for the name'] as const;

/** @param user the command `user`. @param workspace the command `workspace`. */
export function registerOperators(program: Command, cli: Cli, user: Command, workspace: Command): void {
  const withOperators = (work: (commands: OperatorCommands) => Promise<void>): Promise<void> =>
    cli.withAuth(async (database, installation) => {
      const { OperatorCommands } = await import('./operators.js');
      await work(new OperatorCommands(database, installation, cli.say));
    });

  user
    .command('disable <user>')
    .description('disable a user, by id or address, and end sessions and personal access tokens')
    .action((id: string) => withOperators((commands) => commands.disable(id)));
  user
    .command('enable <user>')
    .description('enable a disabled user')
    .action((id: string) => withOperators((commands) => commands.enable(id)));
  user
    .command('delete <user>')
    .description('delete a user and the workspaces that the user owns without other members')
    .option(...YES)
    .action((id: string, options: Confirmed) => withOperators((commands) => commands.deleteUser(id, options)));
  user
    .command('password-link <user>')
    .alias('reset-link')
    .description('print a one-time link to set a password')
    .action((id: string) => withOperators((commands) => commands.passwordLink(id)));
  workspace
    .command('delete <id>')
    .description('erase a workspace for good')
    .option(...YES)
    .action((id: string, options: Confirmed) => withOperators((commands) => commands.deleteWorkspace(id, options)));

  const invite = program.command('invite').description('list open invites and print their links');
  invite
    .command('list')
    .description('list the open invites of all workspaces')
    .action(() => withOperators((commands) => commands.listInvites()));
  invite
    .command('link <id>')
    .description('print the one-time link of an open invite')
    .action((id: string) => withOperators((commands) => commands.inviteLink(id)));
}
