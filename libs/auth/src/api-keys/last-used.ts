// When keys were used, told to the database now and then: of a node that is killed, the last seconds are lost.
import type { Executor } from '@mono/platform';
import { noteUse } from '../persistence/api-key-secrets.js';

/** Keys of one interval; those beyond are not noted. */
const MOST = 10_000;

export class LastUsed {
  private times = new Map<string, number>();

  constructor(private readonly database: Executor) {}

  note(keyId: string): void {
    if (this.times.size < MOST || this.times.has(keyId)) this.times.set(keyId, Date.now());
  }

  async flush(): Promise<void> {
    if (this.times.size === 0) return;
    const { times } = this;
    this.times = new Map();
    const instants = [...times.values()].map((at) => new Date(at).toISOString());
    await noteUse(this.database, [...times.keys()], instants);
  }
}
