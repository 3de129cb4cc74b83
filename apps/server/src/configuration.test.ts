import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readConfiguration } from './configuration.js';
import { configurationPage } from './configuration-table.js';
import { readEnvironment } from './environment-files.js';

function faultsOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

describe('the configuration', () => {
  test('has defaults for everything that it needs', () => {
    const { node, database } = readConfiguration({});
    expect(node).toMatchObject({ APP_ENV: 'dev', HOST: '127.0.0.1', PORT: undefined, DATA_DIR: 'data' });
    expect(database.DATABASE_URL).toBeUndefined();
  });

  test('an empty variable counts as absent', () => {
    expect(readConfiguration({ PORT: '', DATABASE_URL: ' ' }).node.PORT).toBeUndefined();
  });

  test('all faults are told at once, by name and never by value', () => {
    const environment = {
      APP_ENV: 'staging-1',
      PORT: '70000',
      DATABASE_URL: 'mysql://me:hunter2@db/x',
      NATS_URL: 'nats://ok:4222,http://hunter2',
      BOOTSTRAP_API_KEY: 'mono_hunter2',
      DOCS_ENABLED: 'maybe',
    };
    const message = faultsOf(() => readConfiguration(environment));
    for (const name of Object.keys(environment)) expect(message).toContain(name);
    for (const value of ['staging-1', '70000', 'hunter2', 'maybe']) expect(message).not.toContain(value);
  });

  test('settings that need each other are told together', () => {
    expect(faultsOf(() => readConfiguration({ METRICS_USER: 'prometheus' }))).toContain('METRICS_PASSWORD');
  });

  test('half a provider to sign in with is told by what it lacks', () => {
    const message = faultsOf(() =>
      readConfiguration({ GITHUB_CLIENT_ID: 'Iv1.hunter2', OIDC_ISSUER: 'http://id.example' }),
    );
    for (const name of ['GITHUB_CLIENT_SECRET', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_ISSUER']) {
      expect(message).toContain(`${name} must be`);
    }
    expect(message).not.toContain('hunter2');
  });

  test('an embedded NATS that listens beyond this machine speaks TLS', () => {
    const tls = { NATS_SERVER_TLS_CERT_FILE: 'cert.pem', NATS_SERVER_TLS_KEY_FILE: 'key.pem' };
    expect(faultsOf(() => readConfiguration({ NATS_HOST: '0.0.0.0' }))).toContain('NATS_SERVER_TLS_CERT_FILE');
    expect(readConfiguration({ NATS_HOST: '0.0.0.0', ...tls }).bus.NATS_HOST).toBe('0.0.0.0');
    expect(readConfiguration({ NATS_HOST: '127.0.0.2' }).bus.NATS_HOST).toBe('127.0.0.2');
    const { NATS_SERVER_TLS_CERT_FILE } = tls;
    expect(faultsOf(() => readConfiguration({ NATS_SERVER_TLS_CERT_FILE }))).toContain('NATS_SERVER_TLS_KEY_FILE');
  });

  test('docs/configuration.md is that of the code', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
    expect(page).toBe(configurationPage());
    expect(page).toContain('| `DATABASE_URL` |');
  });
});

describe('the environment', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mono-env-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test('comes from .env, then .env.<APP_ENV>, then the process; the later wins', () => {
    writeFileSync(join(directory, '.env'), 'APP_ENV=qa\nHOST=one\nPORT=1\nDATA_DIR=one\n');
    writeFileSync(join(directory, '.env.qa'), 'HOST=two\nPORT=2\n');
    const { environment, faults } = readEnvironment(directory, { HOST: 'three' });
    expect(environment).toMatchObject({ DATA_DIR: 'one', PORT: '2', HOST: 'three' });
    expect(faults).toEqual([]);
  });

  test('a name in a file that means nothing is a fault, told with all others and without its value', () => {
    writeFileSync(join(directory, '.env'), 'DATABSE_URL=hunter2\nPORT=hunter3\n');
    const { environment, faults } = readEnvironment(directory, {});
    const message = faultsOf(() => readConfiguration(environment, faults));
    expect(message).toContain('DATABSE_URL');
    expect(message).toContain('PORT');
    expect(message).not.toContain('hunter');
  });

  test.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['NATS_ULR', 'NATS_URL'],
    ['TASKS_DUE_SON_LED_MINUTES', 'TASKS_DUE_SOON_LEAD_MINUTES'],
  ])('a variable of the process that resembles a setting is a fault: %s', (name, meant) => {
    const { faults } = readEnvironment(directory, { [name]: 'postgres://me:hunter2@db/x' });
    expect(faults).toEqual([{ name, issue: expect.stringContaining(`Did you mean ${meant}?`) }]);
    expect(readEnvironment(directory, { [name]: 'x', [meant]: '' }).faults).toEqual([]);
  });

  test('variables of other programs are none of its business', () => {
    const others =
      `HOME HOSTNAME HOSTS PATH PWD PORTS TERM LANG SHELL USER NODE_ENV NODE_OPTIONS XDG_DATA_DIRS LOGNAME MAIL
      npm_lifecycle_event PGHOST PGDATABASE REDIS_HOST REDIS_PORT SMTP_HOST SMTP_PORT SMTP_USER DATABASE_NAME DATABASE_HOST
      NATS_SERVICE_HOST NATS_SERVICE_PORT NATS_PORT_4222_TCP GITHUB_TOKEN GITHUB_SERVER_URL GITHUB_ACTOR_ID GITHUB_SHA
      KUBERNETES_PORT KUBERNETES_SERVICE_HOST AWS_SECRET_ACCESS_KEY AUTH_SECRET APP_KEY APP_NAME METRICS_PORT`.split(
        /\s+/,
      );
    expect(readEnvironment(directory, Object.fromEntries(others.map((name) => [name, 'x']))).faults).toEqual([]);
  });
});
