// How limiters of several nodes tell each other what they took.

/** What one node has taken of one key, in all: told twice it counts once, and what was lost comes with the next. */
export interface Takes {
  key: string;
  windowMs: number;
  /** Slots since the epoch, and what was taken in each. */
  slots: readonly (readonly [slot: number, count: number])[];
}

export interface RateLimitGossip {
  /** Tells the other nodes, or nobody while the bus is away. Returns at once and never throws. */
  publish(takes: readonly Takes[]): void;
  /** Hears what another node tells, and not what this one does. @returns how to end it. */
  onTakes(listener: (node: string, takes: readonly Takes[]) => void): () => void;
  /** Calls back whenever somebody may have missed something: this node or another has come, or come back. @returns how to end it. */
  onJoined(listener: () => void): () => void;
}
