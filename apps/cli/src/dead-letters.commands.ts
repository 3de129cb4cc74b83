import type { Command } from 'commander';
import type { Cli } from './cli.js';
import type { DlqCommands, DlqFilter } from './dlq.js';

export function registerDeadLetters(program: Command, cli: Cli): void {
  const dlq = program.command('dlq').description('manage dead letters: messages and jobs that failed for good');
  const withLetters = (work: (commands: DlqCommands) => Promise<void>): Promise<void> =>
    cli.withPlatform(async (database, { dataDirectory, environment }) => {
      const { DlqCommands } = await import('./dlq.js');
      const { auditSecretsOf } = await import('./audit.js');
      await work(new DlqCommands(database, auditSecretsOf(dataDirectory, environment), cli.say));
    });

  dlq
    .command('list')
    .description('list dead letters, oldest first')
    .option('--status <status>', 'open, retried or discarded', 'open')
    .option('--consumer <name>', 'dead letters of this consumer')
    .option('--module <name>', 'dead letters of this module')
    .option('--limit <count>', 'maximum number of dead letters')
    .action((filter: DlqFilter) => withLetters((commands) => commands.list(filter)));
  dlq
    .command('show <id>')
    .description('show a dead letter')
    .action((id: string) => withLetters((commands) => commands.show(id)));
  for (const [verb, to] of [
    ['retry', 'retried'],
    ['discard', 'discarded'],
  ] as const) {
    dlq
      .command(`${verb} [ids...]`)
      .description(`${verb} dead letters`)
      .option('--all', 'all open dead letters matching --consumer and --module')
      .option('--consumer <name>', 'with --all: dead letters of this consumer')
      .option('--module <name>', 'with --all: dead letters of this module')
      .option('--note <text>', 'reason, kept in the audit trail')
      .action(async (ids: string[], { all, note, ...filter }: DlqFilter & { all?: true; note?: string }) => {
        if (!all && ids.length === 0) throw new Error('Pass one or more ids, or --all.');
        await withLetters((commands) => (all ? commands.decideAll(to, filter, note) : commands.decide(to, ids, note)));
      });
  }
}
