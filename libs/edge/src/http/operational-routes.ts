// The routes of an operator rather than of a client: health, metrics, and one log line per request.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  isServing,
  callerFacts,
  EdgeError,
  RETRY_AFTER_SECONDS,
  type Health,
  type Logger,
  type Metrics,
} from '@mono/platform';

export interface Operations {
  health: Health;
  metrics: Metrics;
  logger: Logger;
  /** Basic auth for /metrics. `open`: none is asked for. `off`: there is no such route. */
  metricsAccess: 'open' | 'off' | { user: string; password: string };
  /** How long callers share one look at components and metrics, in milliseconds. Default a second. */
  sharedMs?: number;
}

/** Nobody has to prove who asks, so how often nodes and databases are probed must not depend on how often somebody does. */
const SHARED_MS = 1_000;
const MAX_PATH_LENGTH = 200;

export function addOperationalRoutes(
  server: FastifyInstance,
  { health, metrics, logger, metricsAccess, sharedMs = SHARED_MS }: Operations,
): void {
  const readinessOf = shared(sharedMs, () => health.readiness());
  const scrape = shared(sharedMs, () => metrics.registry.metrics());
  server.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));

  server.get('/readyz', async (_request, reply) => {
    // A node that drains says so at once.
    const readiness = await readinessOf(health.state);
    if (!isServing(readiness)) void reply.code(503).header('retry-after', String(RETRY_AFTER_SECONDS));
    return reply.send(readiness);
  });

  if (metricsAccess !== 'off') {
    server.get('/metrics', async (request, reply) => {
      if (metricsAccess !== 'open') requireBasicAuth(request, metricsAccess);
      return reply.type(metrics.registry.contentType).send(await scrape());
    });
  }

  const isLogged = logger.isLevelEnabled('info');
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url;
    const { statusCode, elapsedTime } = reply;
    metrics.observeRequest(request.method, route, statusCode, elapsedTime / 1_000);
    if (isLogged && route?.startsWith('/v1') !== false) {
      logger.info(
        {
          request_id: request.id,
          method: request.method,
          route,
          status: statusCode,
          ms: Math.round(elapsedTime * 100) / 100,
          ...(statusCode === 404 && { path: loggedPath(request.url) }),
          ...callerFacts(request.callContext?.principal),
        },
        'request',
      );
    }
    done();
  });
}

/** Without the query. A segment longer than any id may be a secret in a mistyped URL. */
function loggedPath(url: string): string {
  return (url.split('?', 1)[0] ?? '').replace(/[^/]{41,}/g, '…').slice(0, MAX_PATH_LENGTH);
}

/** @returns what `ask` answers, for all that ask within so long, unless the key has changed; a failure is not kept. */
function shared<T>(ms: number, ask: () => Promise<T>): (key?: string) => Promise<T> {
  let known: { key: string; until: number; answer: Promise<T> } | undefined;
  return (key = '') => {
    const now = performance.now();
    if (known?.key === key && known.until > now) return known.answer;
    const answer = ask();
    const entry = { key, until: now + ms, answer };
    known = entry;
    answer.catch(() => {
      if (known === entry) known = undefined;
    });
    return answer;
  };
}

function requireBasicAuth({ headers }: FastifyRequest, { user, password }: { user: string; password: string }): void {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (timingSafeEqual(digest(headers.authorization ?? ''), digest(expected))) return;
  throw new EdgeError({
    status: 401,
    code: 'unauthorized',
    message: 'The metrics need a user and a password.',
    headers: { 'www-authenticate': 'Basic realm="metrics", charset="UTF-8"' },
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
