// Wakes the relay of this node after a commit. Many calls in one tick are one.

export class OutboxSignal {
  private readonly listeners = new Set<() => void>();
  private pending = false;

  wake(): void {
    if (this.pending) return;
    this.pending = true;
    setImmediate(() => {
      this.pending = false;
      for (const listener of this.listeners) listener();
    });
  }

  onWake(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
