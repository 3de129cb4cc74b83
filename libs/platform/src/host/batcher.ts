// Does the work of simultaneous items in batches: one transaction for many costs little more than one for one.

export interface BatcherOptions {
  /** Items of one batch. */
  most: number;
  /** Whether the trouble lies with the surroundings, so that each by itself would fare no better. */
  isCommon: (error: unknown) => boolean;
}

interface Waiting<Item> {
  item: Item;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export class Batcher<Item> {
  private waiting: Waiting<Item>[] = [];
  private running = false;

  /** @param work does all of them or none. */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<void>,
    private readonly options: BatcherOptions,
  ) {}

  /** Resolves when it is done. @throws what `work` throws of it. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.running) {
        this.running = true;
        // Items of the same turn of the event loop join the batch.
        setImmediate(() => void this.run());
      }
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.doTogether(this.waiting.splice(0, this.options.most));
    this.running = false;
  }

  private async doTogether(batch: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.work(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1 || this.options.isCommon(error)) for (const { reject } of batch) reject(error);
      // One of them may be at fault, for which the others must not wait.
      else for (const one of batch) await this.doTogether([one]);
    }
  }
}
