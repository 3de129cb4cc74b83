// A process that a test starts and always ends. Its output is kept for the message of a failure.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const KEPT_CHARACTERS = 200_000;

export interface Child {
  readonly pid: number;
  /** The newest part of the output. */
  output(): string;
  /** The exit code, or the signal that ended it; undefined while it runs. */
  ended(): number | NodeJS.Signals | undefined;
  /** Sends the signal and waits for the end, unless it only pauses or resumes. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<number | NodeJS.Signals | undefined>;
}

const running = new Set<ChildProcess>();

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A test process that crashes must leave no children behind. */
function killRunning(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A signal ends a process without the event `exit`. */
function killAndEnd(signal: NodeJS.Signals): void {
  killRunning();
  for (const name of SIGNALS) process.off(name, killAndEnd);
  process.kill(process.pid, signal);
}

/** Listens only while children run: each test file has its own copy of this module, and one process runs many files. */
function track(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', killRunning);
    for (const name of SIGNALS) process.on(name, killAndEnd);
  }
  running.add(child);
}

function untrack(child: ChildProcess): void {
  if (!running.delete(child) || running.size > 0) return;
  process.off('exit', killRunning);
  for (const name of SIGNALS) process.off(name, killAndEnd);
}

interface ChildOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Append the output to this file instead of keeping it in memory. */
  outputFile?: string;
}

export function startChild(command: string, args: string[], { outputFile, ...options }: ChildOptions = {}): Child {
  const file = outputFile === undefined ? undefined : openSync(outputFile, 'a');
  const child = spawn(command, args, { ...options, stdio: ['ignore', file ?? 'pipe', file ?? 'pipe'] });
  if (file !== undefined) closeSync(file);
  track(child);
  let output = '';
  let ended: number | NodeJS.Signals | undefined;
  const exited = new Promise<void>((resolve) => {
    const end = (how: number | NodeJS.Signals): void => {
      ended ??= how;
      untrack(child);
      resolve();
    };
    child.once('error', (error) => {
      output += `${String(error)}\n`;
      end(-1);
    });
    child.once('close', (code, signal) => end(code ?? signal ?? -1));
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS);
    });

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (ended === undefined) child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
  };
  return {
    pid: child.pid ?? -1,
    output: () => (outputFile === undefined ? output : readFileSync(outputFile, 'utf8') + output),
    ended: () => ended,
    kill,
    async stop(graceMs = 120_000) {
      const timer = setTimeout(() => {
        // A paused process receives SIGTERM only after it is resumed.
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }, graceMs);
      await kill('SIGTERM');
      clearTimeout(timer);
      return ended;
    },
  };
}
