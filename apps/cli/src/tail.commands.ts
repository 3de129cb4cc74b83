import type { Command } from 'commander';
import type { Cli } from './cli.js';

interface TailFlags {
  type?: string[];
  list?: string;
  since?: string;
  json?: boolean;
  url?: string;
}

export function registerTail(program: Command, cli: Cli): void {
  program
    .command('tail')
    .description('follow the changes of a workspace, with the API key or access token in KEY')
    .option('--type <types...>', 'only changes of these types, such as task')
    .option('--list <id>', 'only changes of this list and of what is in it')
    .option('--since <token>', 'continue after this token (default: now)')
    .option('--json', 'print a JSON object per line, with the token after it')
    .option('--url <url>', 'URL of the instance (default: MONO, or an instance of this data directory)')
    .action(async ({ type: types, list, since, json = false, url }: TailFlags) => {
      const { dataDirectory, environment } = await cli.installation();
      const key = environment['KEY']?.trim();
      if (!key) throw new Error('KEY is not set: export KEY with an API key or an access token.');
      const { instanceUrl } = await import('./tail/instance-url.js');
      const { Tail } = await import('./tail/tail.js');
      const { stdout: output, stderr } = process;
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      const tail = new Tail({
        url: () => instanceUrl({ url: url ?? environment['MONO']?.trim(), dataDirectory }),
        key,
        types,
        list,
        since,
        json,
        output,
        note: (line) => void stderr.write(`${line}\n`),
      });
      await tail.follow(stop.signal);
    });
}
