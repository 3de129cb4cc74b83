// The HTTP edge of a node: conventions, authentication, documentation, health and metrics around the modules' controllers.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BearerAuthenticator } from '@mono/auth/feature';
import { connectBus } from '@mono/bus';
import type { Principal } from '@mono/contract';
import { addOperationalRoutes, createHttpApplication, serveApi, type RequestLimits } from '@mono/edge';
import {
  addTracing,
  Authenticator,
  contractsOf,
  DiskFullError,
  NatsRoutes,
  nestLogger,
  type Credentials,
  type Health,
  type Logger,
  type Standing,
} from '@mono/platform';
import { AppModule, type AppParts } from '../app.module.js';
import { isTraced, type Configuration } from '../configuration.js';
import { FEATURES } from '../features.js';
import { serveDocumentation } from './documentation.js';

const WARNING_PAUSE_MS = 60 * 60 * 1_000;
const REMEDY = 'Set TRUST_PROXY to the address of your reverse proxy, or remove X-Forwarded-For and Forwarded there.';

export interface EdgeParts extends AppParts {
  health: Health;
  /** None: callers are not limited. */
  limits?: RequestLimits | undefined;
}

export async function createEdge(parts: EdgeParts): Promise<NestFastifyApplication> {
  const { configuration, health, limits, metrics, logger } = parts;
  const authenticator = new LateAuthenticator();
  const application = await createHttpApplication(AppModule.forRoot(parts), {
    authenticator,
    limits,
    trustProxy: configuration.node.TRUST_PROXY,
    onUntrustedForwarding: warnOfForwarding(logger),
    corsOrigins: configuration.node.CORS_ORIGINS,
    compress: configuration.node.HTTP_COMPRESSION,
    logger: nestLogger(logger),
    errors: {
      showCauses: configuration.node.APP_ENV === 'dev',
      log: (error, request) => {
        // Readiness logs it once, and every request has its line.
        if (error instanceof DiskFullError) return;
        const { id: request_id, method, route } = request;
        logger.error({ err: error, request_id, method, route }, 'A request failed');
      },
    },
    prepare: (server) => {
      if (isTraced(configuration)) addTracing(server);
      addOperationalRoutes(server, { health, metrics, logger, metricsAccess: metricsAccess(configuration) });
    },
  });
  authenticator.inner = application.get(BearerAuthenticator);
  const routes = application.get(NatsRoutes);
  serveApi(parts.bus, { contracts: FEATURES.flatMap(contractsOf), authenticator, logger, limits, routes });
  connectBus(application, {
    contracts: parts.features.flatMap(({ feature }) => contractsOf(feature)),
    drainMs: (configuration.node.SHUTDOWN_TIMEOUT_SECONDS * 1_000) / 2,
  });
  if (configuration.docs.DOCS_ENABLED) serveDocumentation(application);
  return application;
}

/** A reverse proxy is probably there: without TRUST_PROXY all of its clients count as one address. */
function warnOfForwarding(logger: Logger): (peer: string) => void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  return (peer) => {
    const now = performance.now();
    if (now - warnedAt < WARNING_PAUSE_MS) return;
    warnedAt = now;
    logger.warn({ peer, remedy: REMEDY }, 'A forwarded client address was ignored');
  };
}

/** The hooks are added before the modules exist. */
class LateAuthenticator extends Authenticator {
  inner: Authenticator | undefined;

  authenticate(credentials: Credentials): Promise<Principal> {
    return this.ready.authenticate(credentials);
  }

  standingOf(credentials: Credentials): Standing {
    return this.ready.standingOf(credentials);
  }

  private get ready(): Authenticator {
    if (!this.inner) throw new Error('A request came before the edge was ready.');
    return this.inner;
  }
}

function metricsAccess({ node, metrics }: Configuration): 'open' | 'off' | { user: string; password: string } {
  const { METRICS_USER: user, METRICS_PASSWORD: password } = metrics;
  if (user !== undefined && password !== undefined) return { user, password };
  return node.APP_ENV === 'prod' ? 'off' : 'open';
}
