// npx mono audit …: verifies the audit trail, with the signed checkpoints if the bus is available.
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuditVerdict } from '@mono/admin/contract';
import { Audit, AUDIT_CHECKPOINTS } from '@mono/admin/module';
import { BusConnection, type BusConnectionOptions } from '@mono/bus';
import { TextLog } from '@mono/bus/state';
import { EmbeddedNats } from '@mono/embedded';
import type { Database, Environment } from '@mono/platform';
import { refuseToStart } from './embedded.js';
import { sharedSecretsOf } from './secrets.js';

const CONNECT_MS = 3_000;
const silent = { info(): void {}, warn(): void {}, error(): void {} };

export class AuditCommands {
  constructor(
    private readonly database: Database,
    private readonly dataDirectory: string,
    private readonly environment: Environment,
    private readonly say: (line: string) => void,
  ) {}

  /** @returns the exit code: 1 if the trail is not intact. @throws Error without the secret. */
  async verify(): Promise<number> {
    const verdict = await this.withAudit((audit) => audit.verify());
    tell(verdict, this.say);
    return verdict.ok ? 0 : 1;
  }

  /** @throws Error without the secret or the checkpoints, and if the chain itself is not intact. */
  async accept(reason: string): Promise<void> {
    const actor = { kind: 'cli', id: userInfo().username };
    const restore = await this.withAudit((audit) => audit.accept({ reason, actor, source: 'cli' }));
    if (!restore) {
      this.say('The audit trail matches its checkpoints: nothing to accept.');
      return;
    }
    const { seq, missing_from, missing_to } = restore;
    this.say(`Accepted at ${seq}: rows ${missing_from} to ${missing_to} are missing since a restore.`);
  }

  private async withAudit<T>(work: (audit: Audit) => Promise<T>): Promise<T> {
    const directory = resolve(this.dataDirectory);
    const secrets = auditSecretsOf(directory, this.environment);
    const connection = await connectToBus(directory, this.environment);
    try {
      const checkpoints = connection && new TextLog(connection, AUDIT_CHECKPOINTS);
      const audit = new Audit(this.database, { secrets, ...(checkpoints && { checkpoints }) });
      const result = await work(audit);
      await audit.stop();
      return result;
    } finally {
      await connection?.close();
    }
  }
}

function tell({ ok, rows, head_seq, checkpoint, fault, restores }: AuditVerdict, say: (line: string) => void): void {
  for (const { seq, at, reason, accepted_by, missing_from, missing_to } of restores) {
    say(
      `Restore accepted at ${seq} (${at}, ${accepted_by}): rows ${missing_from} to ${missing_to} are missing. ${reason}`,
    );
  }
  if (!checkpoint) say('No checkpoint available: a loss of the newest rows would go unnoticed.');
  say(
    ok ? `The audit trail is whole: ${rows} rows, up to ${head_seq}.` : `NOT whole: ${fault?.what} at ${fault?.seq}.`,
  );
  if (fault?.what === 'removed' || fault?.what === 'checkpoint_mismatch') {
    say('If the database was restored from a backup, run npx mono audit accept --reason "…".');
  }
}

export function auditSecretsOf(dataDirectory: string, environment: Environment): string[] {
  return sharedSecretsOf('AUDIT_SECRET', 'audit-secret', { dataDirectory, environment });
}

/** Connects to the bus of the installation, unless it does not answer in time. */
export async function connectToBus(directory: string, environment: Environment): Promise<BusConnection | undefined> {
  const url = environment['NATS_URL']?.trim();
  const server = url ? { url } : embedded(directory);
  if (!server) return undefined;
  const connection = new BusConnection({ ...server, name: 'mono audit', logger: silent });
  connection.start();
  const until = Date.now() + CONNECT_MS;
  while (!connection.connected && Date.now() < until) await new Promise((done) => setTimeout(done, 50));
  return connection;
}

function embedded(directory: string): Pick<BusConnectionOptions, 'url' | 'tls'> | undefined {
  if (!existsSync(join(directory, 'nats.json'))) return undefined;
  const { url, caFile } = new EmbeddedNats({ dataDirectory: directory, configuration: '', program: refuseToStart });
  return { url, tls: { caFile } };
}
