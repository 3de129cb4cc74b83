// A reader of the change feed, whichever way the changes come. A further way is one more file beside this one, named in READERS.
import type { Change } from '@mono/changes/contract';
import type { ServerProcess } from '../../support/server-process.ts';

export interface Place {
  /** @returns one of the nodes that serve; it may have just been killed. */
  front: () => ServerProcess;
  natsUrl: string;
  key: string;
  /** The token before the first change, for `types=task`. */
  since: string;
}

export interface Reader {
  readonly name: string;
  readonly received: Received;
  /** Follows until the signal, through whatever happens. */
  follow(settled: AbortSignal): Promise<void>;
}

export type OpenReader = (place: Place) => Promise<Reader>;

/** The state of a client that applies each change by its version. */
export class Received {
  /** By task, of those that exist. */
  readonly versions = new Map<string, number>();
  /** The ids of the changes, in the order in which they came. */
  readonly ids: string[] = [];
  /** Changes that came again. */
  repeats = 0;
  private readonly gone = new Map<string, number>();
  private readonly known = new Set<string>();

  apply({ id, thing_id: task, change, version }: Change): void {
    if (this.known.has(id)) this.repeats += 1;
    else this.ids.push(id);
    this.known.add(id);
    if (version <= Math.max(this.versions.get(task) ?? 0, this.gone.get(task) ?? 0)) return;
    if (change === 'deleted') {
      this.versions.delete(task);
      this.gone.set(task, version);
    } else this.versions.set(task, version);
  }

  get tasks(): [string, number][] {
    return [...this.versions].toSorted(([one], [other]) => (one < other ? -1 : 1));
  }
}
