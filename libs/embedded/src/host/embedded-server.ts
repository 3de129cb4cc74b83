/** An embedded server, detached from the node that starts it and shared by all nodes of DATA_DIR. */
export interface EmbeddedServer {
  readonly name: string;
  /** Whether its last start found the data directory copied or moved, and gave it another port and password. */
  readonly relocated: boolean;
  /** Starts the server, or adopts the running one. @throws StartUpError */
  ensureRunning(): Promise<void>;
  /** Whether it serves. A single missed answer may be chance. */
  isRunning(): Promise<boolean>;
  /** Whether its process is alive, in any state. Absent if unknown: a server that does not serve then counts as dead. */
  isAlive?(): boolean;
  /** @returns why the running server needs a restart. */
  isOutdated?(): Promise<string | undefined>;
  stop(): Promise<void>;
}
