// npx mono time …: rebuilds the history of tasks. The nodes do the work; requests are stored until they are done.
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@mono/platform';
import { rebuildState, requestRebuild, type RebuildState } from '@mono/time-tracking/module';

type Say = (line: string) => void;

export interface Patience {
  pollMs: number;
  /** The interval of progress reports. */
  sayMs: number;
  /** The time without progress after which no node seems to do it. */
  silenceMs: number;
}

const PATIENCE: Patience = { pollMs: 250, sayMs: 5_000, silenceMs: 30_000 };

export class TimeCommands {
  constructor(
    private readonly database: Database,
    private readonly say: Say,
  ) {}

  /** @throws Error if no node does it. */
  async rebuild({ wait }: { wait: boolean }): Promise<void> {
    const id = await requestRebuild(this.database);
    if (wait) await follow(() => rebuildState(this.database, id), this.say);
    else this.say('Requested. A node that runs time-tracking rebuilds the history.');
  }
}

/** Until it is done. @throws Error after too long without progress. */
export async function follow(
  look: () => Promise<RebuildState>,
  say: Say,
  { pollMs, sayMs, silenceMs }: Patience = PATIENCE,
): Promise<void> {
  let state = await look();
  let movedAt = Date.now();
  let saidAt = movedAt;
  while (!state.finished) {
    await delay(pollMs);
    const before = state;
    state = await look();
    if (state.transitions !== before.transitions || state.ahead !== before.ahead) movedAt = Date.now();
    else if (Date.now() - movedAt > silenceMs) throw new Error(whatToRun(silenceMs));
    if (state.finished || Date.now() - saidAt < sayMs) continue;
    saidAt = Date.now();
    say(
      `${progressOf(state)} so far${state.ahead > 0 ? `; ${state.ahead} earlier ${state.ahead === 1 ? 'request' : 'requests'}` : ''}`,
    );
  }
  say(`The history is filled: ${progressOf(state)}.`);
}

function progressOf({ transitions }: RebuildState): string {
  return `${transitions.toLocaleString('en')} ${transitions === 1 ? 'transition' : 'transitions'} read`;
}

function whatToRun(silenceMs: number): string {
  return [
    `No progress for ${silenceMs / 1_000} s: no node runs time-tracking, no node runs tasks, or they cannot reach each other.`,
    'Start one with `npm start`, or with `MODULES=tasks,time-tracking npm start`, and check its log.',
    'The request is kept and continues when a node runs.',
  ].join('\n');
}
