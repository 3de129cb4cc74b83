// The webhooks that were received and the state that they describe, in one SQLite file.
import { DatabaseSync } from 'node:sqlite';

export interface Webhook {
  /** `tasks.completed` */
  type: string;
  timestamp: string;
  data: {
    /** `task` */
    type?: string;
    thing_id?: string;
    change?: string;
    version?: number;
  };
}

export type Stored = 'applied' | 'outdated' | 'repeated';

export class Store {
  private readonly database: DatabaseSync;

  constructor(file: string) {
    this.database = new DatabaseSync(file);
    // FULL: a commit is on the disk before the sender gets its answer.
    this.database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS webhook (id TEXT PRIMARY KEY, type TEXT NOT NULL, received_at TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS thing (
        type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, change TEXT NOT NULL, changes INTEGER NOT NULL,
        PRIMARY KEY (type, id)
      ) STRICT;`);
  }

  /** Stores the id and applies the webhook in one transaction: neither happens without the other, and neither twice. */
  apply(id: string, webhook: Webhook): Stored {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const stored = this.isNew(id, webhook.type) ? this.change(webhook) : 'repeated';
      this.database.exec('COMMIT');
      return stored;
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  private isNew(id: string, type: string): boolean {
    const insert = this.database.prepare('INSERT INTO webhook VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    return insert.run(id, type, new Date().toISOString()).changes === 1;
  }

  /** A webhook that was sent again later may describe an older version than the one that is known. */
  private change({ data: { type, thing_id: id, change = 'updated', version } }: Webhook): Stored {
    if (type === undefined || id === undefined || version === undefined) return 'applied';
    const upsert = this.database.prepare(
      `INSERT INTO thing VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE
       SET version = excluded.version, change = excluded.change, changes = changes + 1 WHERE excluded.version > version`,
    );
    return upsert.run(type, id, version, change).changes === 1 ? 'applied' : 'outdated';
  }

  close(): void {
    this.database.close();
  }
}
