import type { Command } from 'commander';
import type { ApiKeyCommands, ApiKeyOptions } from './api-keys.js';
import type { Cli } from './cli.js';

export function registerApiKeys(program: Command, cli: Cli): void {
  const apiKey = program
    .command('apikey')
    .description('manage API keys')
    .option('--workspace <id>', 'workspace of the keys (default: the first one)');
  const withKeys = (work: (commands: ApiKeyCommands) => Promise<void>): Promise<void> =>
    cli.withAuth(async (database, { environment }) => {
      const { ApiKeyCommands } = await import('./api-keys.js');
      const { workspace } = apiKey.opts<{ workspace?: string }>();
      await work(new ApiKeyCommands(database, environment['APP_ENV']?.trim() || 'dev', workspace, cli.say));
    });

  apiKey
    .command('create')
    .description('create a key and print it once')
    .requiredOption('--name <text>', 'purpose of the key')
    .option(
      '--scope <scopes...>',
      'scopes such as tasks:read, * for all; operator can be granted only here (required without a terminal)',
    )
    .option('--list <ids...>', 'limit the key to these lists')
    .option('--allow-ip <ranges...>', 'limit the key to these addresses or CIDR ranges')
    .option('--expires-at <instant>', 'expiry (RFC 3339)')
    .action((options: ApiKeyOptions) => withKeys((commands) => commands.create(options)));
  apiKey
    .command('list')
    .description('list keys without their secrets')
    .option('--state <state>', 'active, expired or revoked')
    .option('--limit <count>', 'maximum number of keys')
    .action((options: { state?: string; limit?: string }) => withKeys((commands) => commands.list(options)));
  apiKey
    .command('rotate <id>')
    .description('replace the secret of a key; the previous one expires later')
    .option('--overlap <duration>', 'validity of the previous secret (ISO 8601)', 'P1D')
    .action((id: string, options: { overlap?: string }) => withKeys((commands) => commands.rotate(id, options)));
  apiKey
    .command('revoke <id>')
    .description('revoke a key permanently')
    .action((id: string) => withKeys((commands) => commands.revoke(id)));
}
