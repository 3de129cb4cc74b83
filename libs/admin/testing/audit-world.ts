// An audit trail in a database of its own, with its checkpoints in memory.
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { migrate, openDatabase, type Database, type TransactionalExecutor } from '@mono/platform';
import { adminFeature } from '../feature.js';
import { Audit } from '../src/audit/audit.js';
import type { CheckpointStore } from '../src/audit/checkpoints.js';

export const AUDIT_SECRET = 'the audit secret of tests';
export const AUDIT_RECORD = { action: 'thing.done', actor: { kind: 'user', id: 'u1' }, source: '127.0.0.1' };

export class MemoryStore implements CheckpointStore {
  readonly texts: string[] = [];
  away = false;

  put(text: string): Promise<void> {
    if (this.away) return Promise.reject(new Error('away'));
    this.texts.push(text);
    return Promise.resolve();
  }

  recent(): Promise<string[]> {
    return this.away ? Promise.reject(new Error('away')) : Promise.resolve(this.texts.slice(-20));
  }

  get last(): unknown {
    return JSON.parse(this.texts.at(-1) ?? '{}');
  }
}

export class AuditWorld {
  store = new MemoryStore();

  private constructor(
    private readonly place: TestDatabase,
    readonly database: Database,
  ) {}

  static async create(options: { poolSize: number; statementTimeoutMs?: number }): Promise<AuditWorld> {
    const place = await createTestDatabase();
    const settings = { statementTimeoutMs: 10_000, migrations: adminFeature.migrations, ...options };
    const database = await openDatabase({ module: 'platform', url: place.url, ...settings });
    await migrate(database, 'platform');
    return new AuditWorld(place, database);
  }

  /** An empty trail, without checkpoints. */
  async empty(): Promise<void> {
    await this.database.query('TRUNCATE platform.audit, platform.audit_anchor, platform.audit_restore');
    await this.database.query(`UPDATE platform.audit_head SET seq = 0, hash = ''`);
    this.store = new MemoryStore();
  }

  /** The trail as one node writes and reads it. */
  node(on: TransactionalExecutor = this.database): Audit {
    return new Audit(on, { secrets: [AUDIT_SECRET], checkpoints: this.store });
  }

  async end(): Promise<void> {
    await this.database.dataSource.destroy();
    await this.place.drop();
  }
}
