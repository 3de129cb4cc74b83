/** Sleep that a signal ends early. A wake-up while awake makes the next sleep return at once. */
export class WakeableSleep {
  private stopped = false;
  private woken = false;
  private awake: (() => void) | undefined;

  wake(): void {
    this.woken = true;
    this.awake?.();
  }

  /** From here on nothing sleeps. */
  stop(): void {
    this.stopped = true;
    this.wake();
  }

  /** Wake-ups until now are taken into account by what follows. */
  clear(): void {
    this.woken = false;
  }

  async sleep(ms: number): Promise<void> {
    if (this.woken || this.stopped) {
      this.woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.awake = undefined;
    this.woken = false;
  }

  /** Ignores wake-ups: a pause after a failure. */
  async pause(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (!this.stopped && Date.now() < until) {
      this.woken = false;
      await this.sleep(until - Date.now());
    }
  }
}
