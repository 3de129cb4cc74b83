import type { Command } from 'commander';
import type { AuditCommands } from './audit.js';
import type { Cli } from './cli.js';

export function registerAudit(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('verify the audit trail');
  const withAudit = <T>(work: (commands: AuditCommands) => Promise<T>): Promise<T> =>
    cli.withPlatform(async (database, { dataDirectory, environment }) => {
      const { AuditCommands } = await import('./audit.js');
      return work(new AuditCommands(database, dataDirectory, environment, cli.say));
    });

  audit
    .command('verify')
    .description('verify the chain and name its first fault')
    .action(async () => {
      process.exitCode = await withAudit((commands) => commands.verify());
    });
  audit
    .command('accept')
    .description('accept missing rows after the database was restored from a backup')
    .requiredOption('--reason <text>', 'reason of the restore, kept in the audit trail')
    .action(({ reason }: { reason: string }) => withAudit((commands) => commands.accept(reason)));
}
