/** A server that an installation brings along: detached from the node that starts it, and shared by all nodes of DATA_DIR. */
export interface EmbeddedServer {
  readonly name: string;
  /** Whether its last start found the data directory copied or moved, and gave it another port and password. */
  readonly relocated: boolean;
  /** Starts it, or adopts the one that runs. @throws StartUpError */
  ensureRunning(): Promise<void>;
  isRunning(): Promise<boolean>;
  stop(): Promise<void>;
}
