// Batches concurrent look-ups, since the cost of a statement is mostly its round trip.

export interface LookupBatcherOptions {
  /** Concurrent statements; further look-ups join the next one. Default: 2. */
  atOnce?: number;
  /** Keys per statement. Default: 500. */
  most?: number;
}

interface Waiting<Value> {
  key: string;
  resolve: (value: Value | undefined) => void;
  reject: (error: unknown) => void;
}

export class LookupBatcher<Value> {
  private waiting: Waiting<Value>[] = [];
  private running = 0;
  private readonly atOnce: number;
  private readonly most: number;

  /** @param find returns the existing values by key. Its keys are unique. */
  constructor(
    private readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    { atOnce = 2, most = 500 }: LookupBatcherOptions = {},
  ) {
    this.atOnce = atOnce;
    this.most = most;
  }

  /** Returns a value that was read after this call. @throws the error of `find`. */
  ask(key: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.push({ key, resolve, reject }) === 1) queueMicrotask(() => void this.send());
    });
  }

  private async send(): Promise<void> {
    if (this.running >= this.atOnce || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.most);
    this.running += 1;
    try {
      const found = await this.find([...new Set(batch.map(({ key }) => key))]);
      for (const { key, resolve } of batch) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.running -= 1;
      void this.send();
    }
  }
}
