// A node that runs one module without a server around it, to be killed between any two lines:
// node module.ts <tasks|time-tracking> <database url> <nats url> [<statement of the history after which it kills itself>]
import { Bus, BusConnection, type BusLogger, type DurableOptions } from '@mono/bus';
import { busInputReader, domainErrors, openDatabase } from '@mono/platform';
import { listenOnBus, nodeForTests } from '@mono/platform/testing';
import { TasksModule } from '@mono/tasks/module';
import { TimeTrackingModule } from '@mono/time-tracking/module';
import { Test } from '@nestjs/testing';
import { mortal } from '../time-tracking/mortal.ts';

const [name, databaseUrl, url, diesAfter] = process.argv.slice(2) as [string, string, string, string | undefined];
/** How long a killed node's messages wait for another one. */
const ACK_WAIT_MS = 2_000;
/** More than kills: each costs an attempt of all that the node had taken. */
const ATTEMPTS = 1_000;

const logger: BusLogger = {
  info: () => {},
  warn: () => {},
  error: (facts, message) => void process.stderr.write(`${message} ${JSON.stringify(facts)}\n`),
};
const pool = { poolSize: 10, statementTimeoutMs: 60_000, migrations: [] };
const opened = await openDatabase({ module: name.replaceAll('-', '_'), url: databaseUrl, ...pool });
opened.pool.on('error', () => {});
const letters = {
  store: async ({ key, error }: { key: string; error: object }): Promise<void> =>
    void (await opened.query('INSERT INTO chaos.letter VALUES ($1, $2) ON CONFLICT DO NOTHING', [key, error])),
};
const connection = new BusConnection({ url, name, logger });
connection.start();
const bus = new Bus({
  connection,
  logger,
  node: name,
  secrets: ['the secret of tests'],
  deadLetters: letters,
  reader: busInputReader,
  errors: domainErrors,
});
const hear = bus.onDurableEvent.bind(bus);
bus.onDurableEvent = (contracts, handler, options: DurableOptions) =>
  hear(contracts, handler, { ...options, ackWaitMs: ACK_WAIT_MS, attempts: ATTEMPTS });

const [database, module] =
  name === 'tasks' ? [opened, TasksModule] : [mortal(opened, Number(diesAfter)), TimeTrackingModule];
const imports = [nodeForTests({ databases: { [name]: database }, bus, connection }), module];
await listenOnBus(await Test.createTestingModule({ imports }).compile(), bus);
process.stdout.write('ready\n');
