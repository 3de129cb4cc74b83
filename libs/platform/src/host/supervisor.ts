// Of all nodes that share embedded servers, one looks after them; when it goes, the next takes over.
import type { EmbeddedServer } from './embedded-server.js';
import { ProcessLock } from './process-lock.js';

const CHECK_MS = 1_000;

export class Supervisor {
  private readonly lock: ProcessLock;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private endTurn: (() => void) | undefined;

  /**
   * @param servers in the order in which they start.
   * @param guard runs a restart under the lock of start and leave, so that none happens while the last node leaves.
   */
  constructor(
    lockDirectory: string,
    private readonly servers: readonly EmbeddedServer[],
    private readonly guard: (work: () => Promise<void>) => Promise<void>,
    private readonly log: (message: string, error?: unknown) => void,
    /** At the begin of this node's turn. @returns what to do at its end. */
    private readonly onTurn: () => () => void = () => () => {},
  ) {
    // Waiting may last for the node's whole life.
    this.lock = new ProcessLock(lockDirectory, CHECK_MS);
  }

  /** Returns at once; supervision begins with this node's turn. */
  start(): void {
    if (this.servers.length === 0) return;
    this.lock.acquire().then(
      () => this.begin(),
      (error: unknown) => this.log('Nobody supervises the embedded servers', error),
    );
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.endTurn?.();
    this.lock.release();
  }

  private begin(): void {
    if (!this.stopped) this.endTurn = this.onTurn();
    this.watch();
  }

  private watch(): void {
    if (this.stopped) {
      this.lock.release();
      return;
    }
    this.timer = setTimeout(() => {
      void this.check().finally(() => this.watch());
    }, CHECK_MS);
    this.timer.unref();
  }

  private async check(): Promise<void> {
    for (const server of this.servers) {
      if (this.stopped || (await server.isRunning())) continue;
      this.log(`${server.name} is gone: it is started again`);
      await this.guard(async () => {
        if (!this.stopped) await server.ensureRunning();
      }).catch((error: unknown) => this.log(`${server.name} could not be started again`, error));
    }
  }
}
