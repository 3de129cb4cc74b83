// Places for a few at once, shared fairly among keys (workspaces): who waits is served in turns, one of each key, and no key
// has more than its share however many of it wait.

export interface FairQueueOptions {
  /** Places in all. */
  capacity: number;
  /** Places of one key. */
  perKey: number;
  /** How many of one key may wait; more are refused at once. */
  waitingPerKey: number;
  waitMs: number;
}

export interface WaitOptions {
  /** Shorter than the queue's own. */
  waitMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** `full`: too many of the same key wait. `late`: no place in time. `gone`: the signal aborted. */
export type RefusalReason = 'full' | 'late' | 'gone';

export class QueueRefusal extends Error {
  /** @param ownDoing whether the key had its whole share: others were still served. */
  constructor(
    readonly reason: RefusalReason,
    readonly ownDoing: boolean,
  ) {
    super(`No place in the queue: ${reason}.`);
    this.name = 'QueueRefusal';
  }
}

interface Waiting {
  enter(lane: Lane): void;
}

/** The places of one key; to be given back with `leave`. */
export class Lane {
  running = 0;
  readonly waiting = new Set<Waiting>();

  constructor(readonly key: string | undefined) {}
}

export class FairQueue {
  private readonly lanes = new Map<string | undefined, Lane>();
  /** Lanes that wait, in the order of their turns. */
  private readonly turns = new Set<Lane>();
  private taken = 0;

  constructor(private readonly options: FairQueueOptions) {}

  get running(): number {
    return this.taken;
  }

  get waiting(): number {
    let waiting = 0;
    for (const lane of this.turns) waiting += lane.waiting.size;
    return waiting;
  }

  /** Takes a place where one is free now. @param key undefined: work of the installation itself, which has no share. */
  tryEnter(key: string | undefined): Lane | undefined {
    const lane = this.laneOf(key);
    if (this.taken < this.options.capacity && lane.running < this.shareOf(lane) && lane.waiting.size === 0) {
      this.taken += 1;
      lane.running += 1;
      return lane;
    }
    return undefined;
  }

  /** Waits for a place. @throws QueueRefusal */
  enter(key: string | undefined, { waitMs = Infinity, signal }: WaitOptions = {}): Promise<Lane> {
    const lane = this.tryEnter(key);
    if (lane) return Promise.resolve(lane);
    return this.wait(this.laneOf(key), Math.min(waitMs, this.options.waitMs), signal);
  }

  /** Gives a place back; whose turn it is has it. */
  leave(lane: Lane): void {
    this.taken -= 1;
    lane.running -= 1;
    this.admit();
    this.forget(lane);
  }

  private wait(lane: Lane, waitMs: number, signal: AbortSignal | undefined): Promise<Lane> {
    if (signal?.aborted || lane.waiting.size >= this.options.waitingPerKey) {
      this.forget(lane);
      return Promise.reject(signal?.aborted ? new QueueRefusal('gone', false) : new QueueRefusal('full', true));
    }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        lane.waiting.delete(waiting);
        if (lane.waiting.size === 0) this.turns.delete(lane);
        this.forget(lane);
      };
      const refuse = (reason: RefusalReason): void => {
        const ownDoing = lane.running >= this.shareOf(lane);
        end();
        reject(new QueueRefusal(reason, ownDoing));
      };
      const onAbort = (): void => refuse('gone');
      const timer = setTimeout(() => refuse('late'), Math.max(0, waitMs)).unref();
      const waiting: Waiting = {
        enter: (own) => {
          end();
          resolve(own);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      lane.waiting.add(waiting);
      this.turns.add(lane);
    });
  }

  private admit(): void {
    for (const lane of this.turns) {
      if (this.taken >= this.options.capacity) return;
      const [next] = lane.waiting;
      if (!next || lane.running >= this.shareOf(lane)) continue;
      this.taken += 1;
      lane.running += 1;
      // To the end: the others come first now. A set that grows while it is walked is walked to its new end.
      this.turns.delete(lane);
      this.turns.add(lane);
      next.enter(lane);
    }
  }

  private shareOf({ key }: Lane): number {
    return key === undefined ? this.options.capacity : this.options.perKey;
  }

  private laneOf(key: string | undefined): Lane {
    let lane = this.lanes.get(key);
    if (!lane) this.lanes.set(key, (lane = new Lane(key)));
    return lane;
  }

  private forget(lane: Lane): void {
    if (lane.running === 0 && lane.waiting.size === 0) this.lanes.delete(lane.key);
  }
}
