/** A server that an installation brings along: detached from the node that starts it, and shared by all nodes of DATA_DIR. */
export interface EmbeddedServer {
  readonly name: string;
  /** Whether its last start found the data directory copied or moved, and gave it another port and password. */
  readonly relocated: boolean;
  /** Starts it, or adopts the one that runs. @throws StartUpError */
  ensureRunning(): Promise<void>;
  /** Whether it serves: one missed answer may be chance. */
  isRunning(): Promise<boolean>;
  /** Whether its process lives, in whatever state; where that cannot be told, a server that does not serve is gone. */
  isAlive?(): boolean;
  /** @returns why the running server needs a restart. */
  isOutdated?(): Promise<string | undefined>;
  stop(): Promise<void>;
}
