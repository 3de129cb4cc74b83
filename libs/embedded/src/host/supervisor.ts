// One of the nodes that share embedded servers supervises them; when it leaves, another takes over.
import type { EmbeddedServer } from './embedded-server.js';
import { ProcessLock } from './process-lock.js';

const CHECK_MS = 1_000;
/** A server whose process lives may be slow; each answer has its own timeout, too. */
const MISSES = 5;
const OUTDATED_EVERY_MS = 30_000;
/** Between two starts that fail; doubles. */
const MAX_PAUSE_MS = 30_000;

interface Watched {
  server: EmbeddedServer;
  misses: number;
  /** Starts that have failed, one after the other. */
  failures: number;
  nextStartAt: number;
  nextLookAt: number;
}

export interface SupervisorOptions {
  checkMs?: number;
  outdatedEveryMs?: number;
}

export class Supervisor {
  private readonly lock: ProcessLock;
  private readonly watched: readonly Watched[];
  private readonly options: Required<SupervisorOptions>;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private endTurn: (() => void) | undefined;

  /**
   * @param servers in the order in which they start.
   * @param guard runs a restart under the lock of start and leave, so that none happens while the last node leaves.
   */
  constructor(
    lockDirectory: string,
    servers: readonly EmbeddedServer[],
    private readonly guard: (work: () => Promise<void>) => Promise<void>,
    private readonly log: (message: string, error?: unknown) => void,
    /** At the begin of this node's turn. @returns what to do at its end. */
    private readonly onTurn: () => () => void = () => () => {},
    options: SupervisorOptions = {},
  ) {
    this.options = { checkMs: CHECK_MS, outdatedEveryMs: OUTDATED_EVERY_MS, ...options };
    this.watched = servers.map((server) => ({ server, misses: 0, failures: 0, nextStartAt: 0, nextLookAt: 0 }));
    // Waiting may last for the node's whole life.
    this.lock = new ProcessLock(lockDirectory, CHECK_MS);
  }

  /** Returns at once; supervision begins with this node's turn. */
  start(): void {
    if (this.watched.length === 0) return;
    this.lock.acquire().then(
      () => this.begin(),
      (error: unknown) => this.log('Cannot supervise the embedded servers', error),
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
    }, this.options.checkMs);
    this.timer.unref();
  }

  private async check(): Promise<void> {
    for (const watched of this.watched) {
      if (this.stopped) return;
      await this.checkOne(watched).catch((error: unknown) => this.log(`Failed to check ${watched.server.name}`, error));
    }
  }

  private async checkOne(watched: Watched): Promise<void> {
    const { server } = watched;
    if (await server.isRunning()) {
      watched.misses = 0;
      watched.failures = 0;
      await this.renewIfOutdated(watched);
      return;
    }
    watched.misses += 1;
    const alive = server.isAlive?.() ?? false;
    if ((alive && watched.misses < MISSES) || performance.now() < watched.nextStartAt) return;
    if (watched.failures === 0) this.log(`${server.name} ${alive ? 'does not answer' : 'has exited'}; restarting`);
    await this.startAgain(watched, () => server.ensureRunning());
  }

  private async renewIfOutdated(watched: Watched): Promise<void> {
    const { server } = watched;
    if (!server.isOutdated || performance.now() < watched.nextLookAt) return;
    watched.nextLookAt = performance.now() + this.options.outdatedEveryMs;
    const reason = await server.isOutdated();
    if (reason === undefined) return;
    this.log(`Restarting ${server.name}: ${reason}`);
    await this.startAgain(watched, async () => {
      await server.stop();
      await server.ensureRunning();
    });
  }

  private async startAgain(watched: Watched, start: () => Promise<void>): Promise<void> {
    try {
      await this.guard(async () => {
        if (!this.stopped) await start();
      });
      watched.failures = 0;
      watched.misses = 0;
    } catch (error) {
      watched.failures += 1;
      watched.nextStartAt =
        performance.now() + Math.min(this.options.checkMs * 2 ** (watched.failures - 1), MAX_PAUSE_MS);
      if (watched.failures === 1) {
        this.log(`Failed to restart ${watched.server.name}; retrying`, error);
      }
    }
  }
}
