// A process that a test starts and always ends, with what it wrote kept for the message when it fails.
import { spawn, type ChildProcess } from 'node:child_process';

const KEPT_CHARACTERS = 200_000;

export interface Child {
  readonly pid: number;
  /** Everything written so far, the newest part of it. */
  output(): string;
  /** The exit code, or the signal that ended it; undefined while it runs. */
  ended(): number | NodeJS.Signals | undefined;
  /** Sends the signal and waits for the end, unless it only pauses or resumes. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<number | NodeJS.Signals | undefined>;
}

/** Whatever a crashed test run leaves behind dies with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startChild(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Child {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  let ended: number | NodeJS.Signals | undefined;
  const exited = new Promise<void>((resolve) => {
    const end = (how: number | NodeJS.Signals): void => {
      ended ??= how;
      running.delete(child);
      resolve();
    };
    child.once('error', (error) => {
      output += `${String(error)}\n`;
      end(-1);
    });
    child.once('close', (code, signal) => end(code ?? signal ?? -1));
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS);
    });

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (ended === undefined) child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
  };
  return {
    pid: child.pid ?? -1,
    output: () => output,
    ended: () => ended,
    kill,
    async stop(graceMs = 20_000) {
      const timer = setTimeout(() => {
        // A paused process hears SIGTERM only when it is resumed.
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }, graceMs);
      await kill('SIGTERM');
      clearTimeout(timer);
      return ended;
    },
  };
}
