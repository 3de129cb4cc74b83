// npx mono …: what an operator does by hand.
import { layerEnvironment } from '@mono/platform';
import { Command } from 'commander';
import { down } from './down.js';
import { doctor } from './doctor.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

// As a node that is started here sees it.
const { environment } = layerEnvironment(process.cwd(), process.env);

const program = new Command('mono')
  .description('What an operator of Mono does by hand.')
  .option('--data-dir <directory>', 'where the embedded servers are', environment['DATA_DIR']?.trim() || 'data');

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
    process.exitCode = await doctor(program.opts<{ dataDir: string }>().dataDir, environment, say);
  });

await program.parseAsync();
