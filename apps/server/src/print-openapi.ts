// Prints the OpenAPI document of all modules, without a database or a bus: nothing is initialised, only described.
import 'reflect-metadata';
import { DeadLetterStore } from '@mono/admin/module';
import { BusConnection } from '@mono/bus';
import { createLogger, Health, Metrics, UNLIMITED, type Database } from '@mono/platform';
import { PLATFORM, readConfiguration } from './configuration.js';
import { createEdge } from './edge/create-edge.js';
import { describeApi } from './edge/documentation.js';
import { makeBus } from './start/make-bus.js';
import { makeJobs } from './start/make-jobs.js';

const logger = createLogger({ level: 'silent', format: 'json' });
const configuration = readConfiguration({ DOCS_ENABLED: 'false' });
const connection = new BusConnection({ url: 'nats://127.0.0.1', name: 'document', logger });
const metrics = new Metrics();
/** Nothing is asked of it. */
const database = {} as Database;
const shared = { configuration, connection, logger, metrics, replicas: 1, throttle: UNLIMITED };
const letters = new DeadLetterStore(database);
const jobs = makeJobs(configuration, { letters, shared: { url: '' }, logger, metrics });
const application = await createEdge({
  ...shared,
  publicUrl: { get: () => '' },
  // The edges describe all there is.
  features: [],
  databases: { [PLATFORM]: database },
  jobs,
  letters,
  bus: makeBus({ ...shared, secrets: ['for a document only'], databases: {} }),
  health: new Health([]),
});
process.stdout.write(`${JSON.stringify(sorted(describeApi(application)), null, 2)}\n`, () => process.exit(0));

/** Paths and schemas in the order of their names: a document is compared, not only read. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
