// The last use of keys and tokens, written to the database every few seconds: a killed node loses the last ones.
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Periodically } from '@mono/platform';
import { noteUse, type UsedTable } from '../persistence/api-key-secrets.js';

/** Credentials of one interval; those beyond are not noted. */
const MOST = 10_000;
const INTERVAL_MS = 5_000;

@Injectable()
export class LastUsed implements OnApplicationShutdown {
  private times = new Map<string, { at: number; table: UsedTable }>();

  constructor(private readonly database: Database) {}

  note(id: string, table: UsedTable = 'api_key'): void {
    if (this.times.size < MOST || this.times.has(id)) this.times.set(id, { at: Date.now(), table });
  }

  @Periodically({ everyMs: INTERVAL_MS, failure: 'Failed to store the last use of keys' })
  async flush(): Promise<void> {
    if (this.times.size === 0) return;
    const { times } = this;
    this.times = new Map();
    for (const [table, uses] of Map.groupBy(times, ([, use]) => use.table)) {
      const instants = uses.map(([, { at }]) => new Date(at).toISOString());
      const ids = uses.map(([id]) => id);
      await noteUse(this.database, table, ids, instants);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
  }
}
