// npx mono …: what an operator does by hand.
import { Command } from 'commander';
import { down } from './down.js';
import { doctor } from './doctor.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('mono')
  .description('What an operator of Mono does by hand.')
  .option('--data-dir <directory>', 'where the embedded servers are', process.env['DATA_DIR'] ?? 'data');

program
  .command('down')
  .description('stop the embedded PostgreSQL and NATS that nobody uses any more')
  .option('--force', 'also while instances run')
  .action(async ({ force }: { force?: boolean }) => {
    process.exitCode = await down(program.opts<{ dataDir: string }>().dataDir, force === true, say);
  });

program
  .command('doctor')
  .description('look at this machine and the data directory')
  .action(async () => {
    process.exitCode = await doctor(program.opts<{ dataDir: string }>().dataDir, say);
  });

await program.parseAsync();
