// Whether a module's needs, such as its database, can be reached from this node. While they cannot, its consumers rest: one
// probe waits for all of them, and their messages go to nodes that can handle them.
import type { BusLogger } from '../logger.js';

export interface ModuleGateOptions {
  module: string;
  /** Rejects while the module's needs cannot be reached. */
  probe: () => Promise<unknown>;
  logger: BusLogger;
  /** The pause before the second probe; it doubles up to 15 seconds. Default 500. */
  pauseMs?: number;
}

const PROBE_TIMEOUT_MS = 5_000;
const PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;
/** A gate that closes again sooner goes on with its last pause: needs that come and go are probed less and less often. */
const STEADY_MS = 60_000;

export class ModuleGate {
  private readonly listeners = new Set<() => void>();
  private readonly firstPauseMs: number;
  private pauseMs: number;
  private checking: Promise<boolean> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private openedAt = performance.now();
  private open = true;
  private stopped = false;

  constructor(private readonly options: ModuleGateOptions) {
    this.firstPauseMs = options.pauseMs ?? PAUSE_MS;
    this.pauseMs = this.firstPauseMs;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Calls back whenever the gate closes. */
  onClosed(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Probes now; callers at the same moment share one probe. @returns whether the gate is open. */
  check(): Promise<boolean> {
    if (!this.open || this.stopped) return Promise.resolve(this.open);
    this.checking ??= this.probe().finally(() => (this.checking = undefined));
    return this.checking;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async probe(): Promise<boolean> {
    const failure = await failureOf(this.options.probe);
    if (failure && this.open) this.close(failure);
    return this.open;
  }

  private close(error: Error): void {
    const { logger, module } = this.options;
    this.open = false;
    if (performance.now() - this.openedAt > STEADY_MS) this.pauseMs = this.firstPauseMs;
    logger.warn({ err: error, module }, 'Consumers paused: a dependency of their module is unavailable');
    for (const listener of this.listeners) listener();
    this.probeLater();
  }

  private probeLater(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.tryToOpen(), this.pauseMs * (0.75 + Math.random() / 2));
    this.timer.unref();
    this.pauseMs = Math.min(this.pauseMs * 2, MAX_PAUSE_MS);
  }

  private async tryToOpen(): Promise<void> {
    if (await failureOf(this.options.probe)) {
      this.probeLater();
      return;
    }
    this.open = true;
    this.openedAt = performance.now();
    this.options.logger.info({ module: this.options.module }, 'Consumers resumed');
  }
}

async function failureOf(probe: () => Promise<unknown>): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The probe timed out.')), PROBE_TIMEOUT_MS);
  });
  try {
    await Promise.race([probe(), timeout]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}
