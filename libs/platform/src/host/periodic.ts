// Work that is done now and then beside the requests: one round at a time, and the next one comes whatever became of this.

export interface PeriodicOptions {
  /** From the end of a round to the begin of the next, in milliseconds. */
  intervalMs: number;
  /** Whether the first round begins at the start. Default: after one interval. */
  atOnce?: boolean;
  onError: (error: unknown) => void;
}

export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly options: PeriodicOptions,
  ) {}

  start(): void {
    if (this.options.atOnce) this.running = this.round();
    else this.schedule();
  }

  /** Ends once the round that is under way has. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.round();
    }, this.options.intervalMs);
    this.timer.unref();
  }

  private async round(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.options.onError(error);
    }
    this.schedule();
  }
}
