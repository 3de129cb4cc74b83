// npx mono time …: the history of tasks. The nodes do the work; what is asked for stays asked for until it is done.
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@mono/platform';
import { rebuildState, requestRebuild, type RebuildState } from '@mono/time-tracking/module';

type Say = (line: string) => void;

export interface Patience {
  pollMs: number;
  /** How often it is said how far it is. */
  sayMs: number;
  /** Without any progress for so long, nobody does it. */
  silenceMs: number;
}

const PATIENCE: Patience = { pollMs: 250, sayMs: 5_000, silenceMs: 30_000 };

export class TimeCommands {
  constructor(
    private readonly database: Database,
    private readonly say: Say,
  ) {}

  /** @throws Error where no node does it. */
  async rebuild({ wait }: { wait: boolean }): Promise<void> {
    const id = await requestRebuild(this.database);
    if (wait) await follow(() => rebuildState(this.database, id), this.say);
    else this.say('Asked for: a node that runs time-tracking fills the history from the log of tasks.');
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
    say(`${told(state)} so far${state.ahead > 0 ? `; ${state.ahead} asked for before it` : ''}`);
  }
  say(`The history is filled: ${told(state)}.`);
}

function told({ transitions }: RebuildState): string {
  return `${transitions.toLocaleString('en')} ${transitions === 1 ? 'transition' : 'transitions'} read`;
}

function whatToRun(silenceMs: number): string {
  return [
    `For ${silenceMs / 1_000} s nothing has moved: no node runs time-tracking, or none runs tasks, or they do not reach each other.`,
    'Start one: `npm start`, or `MODULES=tasks,time-tracking npm start` for these modules only; what it says is in its log.',
    'The rebuild stays asked for, and goes on as soon as one runs.',
  ].join('\n');
}
