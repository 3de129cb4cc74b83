// Look-ups that arrive at the same time are one statement: most of its cost is the way to the database and back.

export interface LookupBatcherOptions {
  /** Statements under way at once; what comes meanwhile goes with the next one. Default 2. */
  atOnce?: number;
  /** Keys of one statement. Default 500. */
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

  /** @param find the values that there are, by their keys; none of the keys repeats. */
  constructor(
    private readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    { atOnce = 2, most = 500 }: LookupBatcherOptions = {},
  ) {
    this.atOnce = atOnce;
    this.most = most;
  }

  /** What is found after this call, never before it. @throws whatever `find` throws. */
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
