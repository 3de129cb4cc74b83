// npx mono audit verify: walks the audit trail from the command line, with the signed checkpoints where the bus is there.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BusConnection, type BusConnectionOptions, EmbeddedNats, TextLog } from '@mono/bus';
import { Audit, type AuditVerdict, type Database, type Environment } from '@mono/platform';
import { refuseToStart } from './embedded.js';

const CONNECT_MS = 3_000;
const silent = { info(): void {}, warn(): void {}, error(): void {} };

/** @returns the exit code: 1 when the trail is not whole. @throws Error without the secret. */
export async function verifyAuditTrail(
  database: Database,
  dataDirectory: string,
  environment: Environment,
  say: (line: string) => void,
): Promise<number> {
  const directory = resolve(dataDirectory);
  const secrets = auditSecretsOf(directory, environment);
  const connection = await connectToBus(directory, environment);
  try {
    const checkpoints =
      connection && new TextLog(connection, { name: 'AUDIT_CHECKPOINTS', subject: 'audit.checkpoint' });
    const verdict = await new Audit(database, { secrets, ...(checkpoints && { checkpoints }) }).verify();
    tell(verdict, say);
    return verdict.ok ? 0 : 1;
  } finally {
    await connection?.close();
  }
}

function tell({ ok, rows, head_seq, checkpoint, fault }: AuditVerdict, say: (line: string) => void): void {
  if (!checkpoint) say('There was no checkpoint to compare with: the loss of the newest rows cannot be seen.');
  say(
    ok ? `The audit trail is whole: ${rows} rows, up to ${head_seq}.` : `NOT whole: ${fault?.what} at ${fault?.seq}.`,
  );
}

export function auditSecretsOf(directory: string, environment: Environment): string[] {
  const given = (environment['AUDIT_SECRET'] ?? '').split(',').map((secret) => secret.trim());
  const secrets = given.filter(Boolean);
  if (secrets.length > 0) return secrets;
  const file = join(directory, 'audit-secret');
  if (!existsSync(file)) throw new Error('AUDIT_SECRET is not set, and this data directory has no audit-secret.');
  return [readFileSync(file, 'utf8').trim()];
}

/** Of the installation, where it answers soon. */
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
