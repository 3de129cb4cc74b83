// npx mono …
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerApiKeys } from './api-keys.commands.js';
import { registerAudit } from './audit.commands.js';
import { Cli } from './cli.js';
import { registerDeadLetters } from './dead-letters.commands.js';
import { registerGenerate } from './generate.commands.js';
import { registerInstallation } from './installation.commands.js';
import { registerNatsUsers } from './nats-users.commands.js';
import { registerRepair } from './repair.commands.js';
import { registerTail } from './tail.commands.js';
import { registerTenants } from './tenants.commands.js';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};
const program = new Command('mono')
  .description('operate a Mono installation')
  .version(version, '-v, --version', 'print the version')
  .helpOption('-h, --help', 'show help')
  .helpCommand('help [command]', 'show help for a command')
  .option('--data-dir <directory>', 'data directory of the installation (default: DATA_DIR, or "data")');
const cli = new Cli(program);

for (const register of [
  registerInstallation,
  registerTail,
  registerTenants,
  registerApiKeys,
  registerNatsUsers,
  registerDeadLetters,
  registerAudit,
  registerRepair,
  registerGenerate,
]) {
  register(program, cli);
}

// `mono routes | head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
