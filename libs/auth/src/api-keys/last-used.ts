// The last use of keys, written to the database every few seconds: a killed node loses the last ones.
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Periodically } from '@mono/platform';
import { noteUse } from '../persistence/api-key-secrets.js';

/** Keys of one interval; those beyond are not noted. */
const MOST = 10_000;
const INTERVAL_MS = 5_000;

@Injectable()
export class LastUsed implements OnApplicationShutdown {
  private times = new Map<string, number>();

  constructor(private readonly database: Database) {}

  note(keyId: string): void {
    if (this.times.size < MOST || this.times.has(keyId)) this.times.set(keyId, Date.now());
  }

  @Periodically({ everyMs: INTERVAL_MS, failure: 'Failed to store the last use of keys' })
  async flush(): Promise<void> {
    if (this.times.size === 0) return;
    const { times } = this;
    this.times = new Map();
    const instants = [...times.values()].map((at) => new Date(at).toISOString());
    await noteUse(this.database, [...times.keys()], instants);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
  }
}
