import { createServer, type Server } from 'node:net';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { makeCertificate } from '../../../../test/support/certificate.ts';
import { freePort } from '../../../../test/support/free-port.ts';
import { until } from '../../../../test/support/until.ts';
import { BusConnection } from '@mono/bus';
import { EmbeddedNats } from './embedded-nats.js';
import { followLog, type ServerLogLine } from './log-follower.js';
import { withJetStream, type NatsServerSettings } from './server-settings.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('the settings of the embedded server', () => {
  let directory: string;
  const started: EmbeddedNats[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-nats-settings-'));
  });
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function open(server: NatsServerSettings): EmbeddedNats {
    const nats = new EmbeddedNats({
      dataDirectory: directory,
      configuration: resolve(import.meta.dirname, '../../../../nats.conf'),
      program: () => Promise.resolve(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
      server,
    });
    started.push(nats);
    return nats;
  }

  test('port, maximum message size, domain and store follow the settings', async () => {
    const [port, storeDirectory] = [await freePort(), join(directory, 'elsewhere')];
    const nats = open({ port, maxPayloadBytes: 2_097_152, domain: 'hub', storeDirectory });
    await nats.ensureRunning();
    expect(new URL(nats.url).port).toBe(String(port));
    const { host, username, password } = new URL(nats.url);
    const connection = await connect({ servers: host, user: username, pass: password });
    try {
      expect(connection.info?.max_payload).toBe(2_097_152);
      expect((await (await jetstreamManager(connection)).getAccountInfo()).domain).toBe('hub');
      expect(existsSync(join(storeDirectory, 'jetstream'))).toBe(true);
    } finally {
      await connection.close();
    }
  });

  test('the sync interval follows the settings, if the server supports it', () => {
    const file = readFileSync(resolve(import.meta.dirname, '../../../../nats.conf'), 'utf8');
    const intervals = (syncInterval: string | undefined): string[] =>
      withJetStream(file, { domain: undefined, maxStoreBytes: 1, syncInterval }).match(/^ *sync_interval:.*$/gm) ?? [];
    expect(file).toMatch(/^ {2}sync_interval: 1s$/m);
    expect(intervals('always')).toEqual(['  sync_interval: always']);
    expect(intervals(undefined)).toEqual([]);
  });

  test('the error of a used port names it', async () => {
    const other = createServer();
    await new Promise<void>((done) => {
      other.listen(0, '127.0.0.1', done);
    });
    const { port } = other.address() as AddressInfo;
    await expect(open({ port }).ensureRunning()).rejects.toThrow(`its port ${port} is in use`);
    other.close();
  });

  test('nodes that trust its CA connect with TLS', async () => {
    const tls = await makeCertificate(directory);
    const nats = open({ tls });
    await nats.ensureRunning();
    expect(nats.url).toMatch(/^tls:\/\//);
    const { host, username, password } = new URL(nats.url);
    const stranger = connect({ servers: host, user: username, pass: password, reconnect: false, tls: {} });
    await expect(stranger).rejects.toThrow(/self.signed|certificate/i);
    const node = new BusConnection({ url: nats.url, name: 'test', logger: silent, tls: { caFile: nats.caFile } });
    node.start();
    await until('the node is connected', () => node.connected);
    await node.close();
  });

  test('the log level follows the settings', async () => {
    await open({ logLevel: 'debug' }).ensureRunning();
    expect(readFileSync(join(directory, 'logs', 'nats.log'), 'utf8')).toContain('[DBG]');
  });
});

describe('following a log', () => {
  let directory: string;
  let file: string;
  const lines: ServerLogLine[] = [];
  let stop: () => void;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-log-'));
    mkdirSync(directory, { recursive: true });
    file = join(directory, 'nats.log');
    writeFileSync(file, '[1] 2026/11/21 04:00:00.000000 [INF] before\n');
    lines.length = 0;
    stop = followLog(file, (line) => lines.push(line));
  });
  afterEach(async () => {
    stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('returns new complete lines with their level', async () => {
    appendFileSync(file, '[1] 2026/11/21 04:00:00.000000 [WRN] slow\n[1] 2026/11/21 04:00:00.000000 [ERR] ha');
    await until('the first line', () => lines.length === 1);
    appendFileSync(file, 'lf\nno form at all\n');
    await until('the others', () => lines.length === 3);
    expect(lines).toEqual([
      { level: 'warn', message: 'slow' },
      { level: 'error', message: 'half' },
      { level: 'info', message: 'no form at all' },
    ]);
  });

  test('continues when the server starts a new file', async () => {
    renameSync(file, `${file}.1`);
    writeFileSync(file, '[1] 2026/11/21 04:00:00.000000 [INF] anew, and longer than what stood there before\n');
    await until('the new line', () => lines.length === 1);
    expect(lines[0]?.message).toMatch(/^anew/);
  });
});

describe('a server that is too old', () => {
  let server: Server;
  afterEach(() => server.close());

  test('is rejected with both versions in the message', async () => {
    const info = { server_id: 'x', version: '2.8.4', max_payload: 1_048_576, headers: true, jetstream: true, proto: 1 };
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(`INFO ${JSON.stringify(info)}\r\n`);
      socket.on('data', (data) => {
        if (data.toString().includes('PING')) socket.write('PONG\r\n');
      });
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    const node = new BusConnection({ url: `nats://127.0.0.1:${port}`, name: 'test', logger: silent });
    node.start();
    await until('it is refused', () => node.fault);
    expect([node.fault, node.connected]).toEqual(['Unsupported NATS server 2.8.4: upgrade to 2.9.0 or newer.', false]);
    await node.close();
  });
});
