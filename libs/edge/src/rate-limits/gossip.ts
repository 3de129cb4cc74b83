// How limiters of several nodes exchange counts.

/** The counts of one node for one key, as totals: a repeated message has no effect, and the next one makes up for a lost one. */
export interface Takes {
  key: string;
  windowMs: number;
  /** Slots since the epoch, and the count of each. */
  slots: readonly (readonly [slot: number, count: number])[];
}

export interface RateLimitGossip {
  /** Sends the counts to the other nodes; to none while the bus is unavailable. Returns at once and never throws. */
  publish(takes: readonly Takes[]): void;
  /** Calls back with the counts of other nodes. @returns how to end it. */
  onTakes(listener: (node: string, takes: readonly Takes[]) => void): () => void;
  /** Calls back whenever a node may have missed messages: this node or another has joined, or joined again. @returns how to end it. */
  onJoined(listener: () => void): () => void;
}
