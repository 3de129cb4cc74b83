// `npm run bench:worst`: the cost of the worst requests. First the rules of recurrence alone, then each route of a running
// server: processor time of the event loop's thread, its longest block, and memory. `npm run bench:worst rules` (or `routes`)
// runs one part. WORST_RULES: the number of rules.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startNats } from '../../support/nats-process.ts';
import { startServer } from '../../support/server-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';
import { derivedRequests, writtenRequests, type WorstRequest } from './requests.ts';
import { benchRules } from './rules.ts';

/** Derived requests below this time are not shown. */
const SHOWN_MS = 25;

interface Probed {
  usedMs: number;
  longestMs: number;
  peakMb: number;
  rssMb: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [part] = process.argv.slice(2);
/** Ended in reverse order. */
const endings: (() => Promise<unknown>)[] = [];

/** An import continues in jobs beside the following requests. */
function isImport({ path }: WorstRequest): boolean {
  return path.endsWith('/import');
}

async function benchRoutes(): Promise<void> {
  await obtainNats();
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-'));
  endings.push(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startTestPostgres(directory, []);
  endings.push(() => postgres.stop());
  const nats = await startNats();
  endings.push(() => nats.stop());
  const port = await freePort();
  const server = await startServer({
    databaseUrl: postgres.url,
    natsUrl: nats.url,
    env: { PROBE_PORT: String(port), LOG_LEVEL: 'error' },
    nodeOptions: ['--expose-gc', '--import', resolve(import.meta.dirname, 'probe.mjs')],
  });
  endings.push(() => server.stop());
  const probe = async (): Promise<Probed> => (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Probed;
  const send = async ({ method, path, body, type }: WorstRequest): Promise<number> => {
    const answer = await server.api.request(method, path, {
      ...(body !== undefined && { rawBody: body, headers: { 'content-type': type ?? 'application/json' } }),
    });
    return answer.status;
  };
  say('| request | status | processor ms | longest stretch ms | memory MB |\n| --- | --- | --- | --- | --- |');
  const measure = async (request: WorstRequest, shownMs: number): Promise<void> => {
    // A first request warms up compiled code, caches of zones and prepared statements.
    await send(request).catch(() => undefined);
    const { rssMb } = await probe();
    const status = await send(request).catch((error: unknown) => String(error).slice(0, 40));
    const { usedMs, longestMs, peakMb } = await probe();
    const figures = [usedMs, longestMs, Math.max(0, peakMb - rssMb)].map((figure) => figure.toFixed(0));
    if (longestMs >= shownMs) say(`| ${request.name} | ${status} | ${figures.join(' | ')} |`);
  };
  const written = await writtenRequests(server.api);
  for (const request of written.filter((one) => !isImport(one))) await measure(request, 0);
  const derived = derivedRequests();
  say(`| ${derived.length} requests derived from OpenAPI, those of ${SHOWN_MS} ms or more: | | | | |`);
  for (const request of derived) await measure(request, SHOWN_MS);
  for (const request of written.filter(isImport)) await measure(request, 0);
}

try {
  if (part !== 'routes') benchRules(say);
  if (part !== 'rules') await benchRoutes();
} finally {
  for (const end of endings.toReversed()) await end();
}
