import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { knownLosses } from '@mono/bus';
import {
  findProgram,
  natsServerSource,
  natsServerVersion,
  EmbeddedPostgres,
  findPostgresBinaries,
  instanceAt,
  Instances,
  requireDataDirectory,
  type Instance,
} from '@mono/embedded';
import {
  allowedConnectionsAt,
  connectionAdvice,
  newestZoneData,
  StartUpError,
  sumOfNeeds,
  type Environment,
} from '@mono/platform';
import { connectToBus } from './audit.js';
import { embeddedServers } from './embedded.js';

const run = promisify(execFile);

const LITTLE_SPACE_BYTES = 1024 ** 3;
const DEFAULT_PORT = 3_000;
const PROGRAM_CACHE = resolve(import.meta.dirname, '../../../node_modules/.cache/mono');

/** Read-only: changes and fetches nothing, and prints no value of a setting. @returns the exit code: 1 for a fault. */
export async function doctor(
  dataDirectory: string,
  environment: Environment,
  say: (line: string) => void,
): Promise<number> {
  const directory = resolve(dataDirectory);
  let healthy = true;
  const report = (fine: boolean, line: string): void => {
    healthy &&= fine;
    say(`${fine ? 'ok  ' : 'FAIL'} ${line}`);
  };
  const note = (line: string): void => say(`     ${line}`);
  report(Number(process.versions.node.split('.')[0]) >= 24, `Node ${process.versions.node}`);
  reportZones(environment, report);
  if (environment['DATABASE_URL']) note('PostgreSQL: DATABASE_URL is set; no embedded server.');
  else await tell(report, postgresVersion);
  if (environment['NATS_URL']) note('NATS: NATS_URL is set; no embedded server.');
  else await tell(report, () => natsVersion(environment));
  note(
    environment['TRUST_PROXY']
      ? 'TRUST_PROXY is set: forwarded client addresses of these proxies are trusted.'
      : 'TRUST_PROXY is not set: behind a reverse proxy, all clients share one address.',
  );
  await reportNats(directory, environment, note);
  if (!existsSync(directory)) {
    await reportPort(environment, [], report);
    note(`No data at ${directory} yet.`);
    return healthy ? 0 : 1;
  }
  try {
    requireDataDirectory(directory);
  } catch (error) {
    report(false, `${(error as Error).message} ${error instanceof StartUpError ? error.remedy : ''}`.trim());
    return 1;
  }
  const { bavail, bsize } = await statfs(directory);
  report(bavail * bsize > LITTLE_SPACE_BYTES, `${Math.floor((bavail * bsize) / 1024 ** 2)} MiB free at ${directory}`);
  const instances = new Instances(join(directory, 'instances')).living();
  for (const { pid, url } of instances) report(true, `instance ${pid} at ${url}`);
  await reportPort(environment, instances, report);
  const embedded = await embeddedServers(directory);
  const databases = databasesIn(environment);
  for (const server of embedded) {
    const running = await server.isRunning();
    report(running || instances.length === 0, `${server.name} ${running ? 'runs' : 'does not run'}`);
    if (running && server instanceof EmbeddedPostgres && databases.length === 0) databases.push(server.url);
  }
  await reportConnections(databases, instances, report);
  return healthy ? 0 : 1;
}

/** An instance without PORT takes the next free one; with PORT, it does not start where another program listens. */
async function reportPort(
  environment: Environment,
  instances: readonly Instance[],
  report: (fine: boolean, line: string) => void,
): Promise<void> {
  const set = environment['PORT']?.trim();
  const port = Number(set || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return report(false, 'Invalid PORT: expected an integer from 0 to 65535.');
  if (await isFree(port)) return report(true, `port ${port} is free`);
  const own = instanceAt(port, instances);
  if (own) return report(true, `port ${port} is taken by instance ${own.pid}`);
  report(!set, `port ${port} is taken by another program`);
}

function reportZones(environment: Environment, report: (fine: boolean, line: string) => void): void {
  const onFault = (message: string, { directory, file, release }: Record<string, unknown>): void =>
    report(
      directory === undefined || environment['ZONEINFO_DIR'] === undefined,
      [message, directory ?? file ?? release].filter(Boolean).join(': '),
    );
  const { release, origin } = newestZoneData({ directory: environment['ZONEINFO_DIR']?.trim() || undefined, onFault });
  report(true, `time zone data ${release} from ${origin}`);
}

/** DATABASE_URL and the URLs of single modules. */
function databasesIn(environment: Environment): string[] {
  const set = Object.entries(environment).filter(([name]) => /^DATABASE_URL(_[A-Z_]+)?$/.test(name));
  return set.map(([, url]) => url?.trim() ?? '').filter((url) => URL.canParse(url));
}

/** One line per server: the connections that it allows, and those that the running instances may open. */
async function reportConnections(
  urls: readonly string[],
  instances: readonly Instance[],
  report: (fine: boolean, line: string) => void,
): Promise<void> {
  const needs = sumOfNeeds(instances.map(({ connections }) => connections ?? {}));
  for (const [place, url] of new Map(urls.map((one) => [new URL(one).host, one]))) {
    try {
      const allowed = await allowedConnectionsAt(url);
      const needed = needs.get(place) ?? 0;
      const fits = needed <= allowed.allowed;
      const line = `PostgreSQL at ${place} allows ${allowed.allowed} connections; running instances may open ${needed}.`;
      report(fits, fits ? line : `${line} ${connectionAdvice(needed, allowed)}`);
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      report(false, `PostgreSQL at ${place} cannot be reached (${code ?? name}).`);
    }
  }
}

/** Reports known data losses of the running server as a note, since the outbox publishes lost events again. */
async function reportNats(directory: string, environment: Environment, note: (line: string) => void): Promise<void> {
  const connection = await connectToBus(directory, environment);
  try {
    const { version, cluster } = connection?.live?.info ?? {};
    if (version === undefined) return;
    note(`NATS server ${version}${cluster === undefined ? '' : `, cluster ${cluster}`}`);
    for (const loss of knownLosses(version, cluster !== undefined)) note(loss);
  } finally {
    await connection?.close();
  }
}

async function tell(report: (fine: boolean, line: string) => void, look: () => Promise<string>): Promise<void> {
  try {
    report(true, await look());
  } catch (error) {
    report(false, (error as Error).message);
  }
}

async function postgresVersion(): Promise<string> {
  const { postgres } = await findPostgresBinaries();
  return versionOf(postgres);
}

async function natsVersion(environment: Environment): Promise<string> {
  const program = findProgram(natsServerSource(), { cacheDirectory: PROGRAM_CACHE, environment });
  return program === undefined
    ? 'nats-server is not installed yet: the first start obtains it'
    : `${await natsServerVersion(program)} at ${program}`;
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version']);
  return `${stdout.trim()} at ${program}`;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
