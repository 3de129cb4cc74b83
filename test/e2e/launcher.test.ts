// `npm start` as supervisors stop it: npm, the launcher and the program are three processes, and each can get the signal.
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { until } from '../support/until.ts';

const SETUP = resolve(import.meta.dirname, '../../setup');

/** Logs the signals that it receives. It takes a moment to stop, like a server with requests in flight. */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
const log = (line) => appendFileSync('log', line + '\\n');
let stopping = false;
const stop = (why) => {
  log(why);
  if (stopping) return;
  stopping = true;
  setTimeout(() => { log('stopped'); process.exit(0); }, 300);
};
process.on('SIGTERM', () => stop('signal'));
process.on('SIGINT', () => stop('interrupt'));
process.on('message', () => stop('message'));
process.on('disconnect', () => stop('disconnect'));
setInterval(() => {}, 1_000);
log('pid ' + process.pid + ' ' + process.ppid);
`;

describe('the launcher', () => {
  let directory: string;
  let npm: ChildProcess;
  /** The pid of npm and of its process group. */
  let pid: number;
  let ended: { code: number | null; signal: NodeJS.Signals | null } | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-launcher-'));
    const become = JSON.stringify(pathToFileURL(join(SETUP, 'become.mjs')).href);
    const scripts = JSON.parse(readFileSync(resolve(SETUP, '../package.json'), 'utf8')) as {
      scripts: { start: string };
    };
    const start = scripts.scripts.start.replace('setup/start.mjs', 'launch.mjs');
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', scripts: { start } }));
    writeFileSync(join(directory, 'program.mjs'), PROGRAM);
    writeFileSync(
      join(directory, 'launch.mjs'),
      `import { become } from ${become};\nbecome(process.execPath, ['program.mjs'], { cwd: process.cwd(), channel: true });\n`,
    );
    ended = undefined;
    // A separate process group, like that of a service.
    npm = spawn('npm', ['start'], { cwd: directory, stdio: 'ignore', detached: true });
    if (npm.pid === undefined) throw new Error('npm did not start.');
    pid = npm.pid;
    npm.once('exit', (code, signal) => {
      ended = { code, signal };
    });
    await until('the program runs', () => log().some((line) => line.startsWith('pid')));
  });
  afterEach(async () => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group has ended.
    }
    await rm(directory, { recursive: true, force: true });
  });

  function log(): string[] {
    try {
      return readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  }

  /** The pids of program and launcher. */
  function pids(): number[] {
    return (log()[0] ?? '').split(' ').slice(1).map(Number);
  }

  async function expectGracefulStop(): Promise<void> {
    await until('the program has stopped', () => log().includes('stopped'));
    await until('no process is left', () => pids().every((pid) => !isAlive(pid)));
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'forwards %s of npm, and ends with the exit code of the program',
    async (signal) => {
      process.kill(pid, signal);
      await expectGracefulStop();
      await until('npm ends', () => ended !== undefined);
      expect(ended).toEqual({ code: 0, signal: null });
    },
  );

  test('a signal to the whole group stops the program once', async () => {
    process.kill(-pid, 'SIGTERM');
    await expectGracefulStop();
    await until('npm ends', () => ended !== undefined);
    expect(log().filter((line) => line === 'signal')).toHaveLength(1);
    expect(ended).toEqual({ code: 0, signal: null });
  });

  test('two signals to the launcher are two requests for the same stop', async () => {
    const [, launcher = 0] = pids();
    process.kill(launcher, 'SIGTERM');
    process.kill(launcher, 'SIGTERM');
    await expectGracefulStop();
    expect(log()).not.toContain('signal');
  });

  test('stops the program when npm is killed', async () => {
    process.kill(pid, 'SIGKILL');
    await expectGracefulStop();
    expect(log()).toContain('message');
  });

  test('reports a killed program as 128 and the signal', async () => {
    process.kill(pids()[0] ?? 0, 'SIGKILL');
    await until('npm ends', () => ended !== undefined);
    expect(ended).toEqual({ code: 137, signal: null });
  });
});

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
