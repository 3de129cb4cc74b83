// The checks around every controller: who calls, whether they may, and under which conditions.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, InvalidInputError, type CallContext, type Principal } from '@mono/contract';
import { actingFor, shareKeyOf, accepts, JSON_TYPE, type Authenticator } from '@mono/platform';
import { admit, admitAnybody, conditionsOf } from '../operations/admission.js';
import type { RequestLimits } from '../rate-limits/request-limits.js';
import { addVary } from './content-encoding.js';

const PROTECTED = '/v1';
/** An answer is data: no page that frames it, runs it or guesses its type. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
/** A client that sends everything wrong gets this many faults at most. */
const MAX_FAULTS = 100;

function isProtected(route: string | undefined): boolean {
  return route !== undefined && route.startsWith(PROTECTED) && (route.length === 3 || route[3] === '/');
}

export function addRequestHooks(server: FastifyInstance, authenticator: Authenticator, limits?: RequestLimits): void {
  server.decorateRequest('callContext', null);
  server.decorateRequest('credentials', null);

  server.addHook('onRoute', ({ url, config, method }) => {
    if (isProtected(url) && config?.scope === undefined) {
      throw new TypeError(`${String(method)} ${url} names no scope: it needs @RequireScope or @Public.`);
    }
  });

  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    void reply.headers(SECURITY_HEADERS);
    if (!isProtected(request.routeOptions.url)) {
      settle(() => {
        if (limits && request.routeOptions.config.limited) admitByAddress(limits, request, reply);
      }, done);
      return;
    }
    const { headers } = request;
    const isPublic = request.routeOptions.config.public === true;
    // Answers to a key are cached by its client alone, and revalidated by If-None-Match. Public routes may answer tokens.
    void reply.header('cache-control', isPublic ? 'no-store' : 'private, no-cache');
    if (request.routeOptions.config.alsoProduces !== undefined) addVary(reply, 'Accept');
    if (isPublic) {
      settle(() => {
        if (limits) admitByAddress(limits, request, reply);
        requireForm(request);
      }, done);
      return;
    }
    const credentials = {
      authorization: headers.authorization,
      workspace: single(headers['x-workspace']),
      address: request.ip,
    };
    request.credentials = credentials;
    const authenticated = limits
      ? limits.authenticate(authenticator, credentials, request.ip)
      : authenticator.authenticate(credentials);
    authenticated.then(
      (principal) =>
        settle(() => {
          enter(request, reply, principal, limits);
        }, done),
      done,
    );
  });

  // Behind the body: what arrives in pieces leaves the context in which it was begun. A caller whom nobody knows counts by address.
  server.addHook('preHandler', (request, _reply, done) => {
    const { callContext } = request;
    actingFor(callContext ? shareKeyOf(callContext.principal) : request.ip, done);
  });
}

/** Fastify's callback costs less per request than a promise of its own. */
function settle(work: () => void, done: (error?: Error) => void): void {
  try {
    work();
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

/** Whether it counts as a read. */
function readsOnly({ method, routeOptions: { config } }: FastifyRequest): boolean {
  return config.reads ?? (method === 'GET' || method === 'HEAD');
}

/** @throws DomainError `rate_limited`. */
function admitByAddress(limits: RequestLimits, request: FastifyRequest, reply: FastifyReply): void {
  admitAnybody(request.ip, readsOnly(request), limits, (headers) => reply.headers(headers));
}

/** The caller and conditions of a request. Its signal is created only when it is used. */
class HttpCallContext implements CallContext {
  expectedVersion?: number | undefined;
  idempotencyKey?: string | undefined;
  #signal: AbortSignal | undefined;
  readonly #reply: FastifyReply;

  constructor(
    readonly principal: Principal,
    readonly requestId: string,
    readonly source: string,
    reply: FastifyReply,
  ) {
    this.#reply = reply;
  }

  get signal(): AbortSignal {
    if (!this.#signal) {
      const { raw } = this.#reply;
      const controller = new AbortController();
      this.#signal = controller.signal;
      const onClose = (): void => {
        if (!raw.writableFinished) controller.abort();
      };
      if (raw.destroyed) onClose();
      else raw.once('close', onClose);
    }
    return this.#signal;
  }
}

function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  limits: RequestLimits | undefined,
): void {
  const { headers, method, routeOptions: route } = request;
  const { config } = route;
  const context = new HttpCallContext(principal, request.id, request.ip, reply);
  // The log names the caller of a refused request, too.
  request.callContext = context;
  admit(principal, config, readsOnly(request), limits, (limit) => reply.headers(limit));
  requireForm(request);
  if (method !== 'GET') {
    const conditions = { ifMatch: config.guarded, idempotencyKey: config.takesIdempotencyKey };
    Object.assign(
      context,
      conditionsOf(conditions, (name) => single(headers[name])),
    );
  }
}

/** The form that every route below /v1 requires of a request. */
function requireForm(request: FastifyRequest): void {
  const { headers, method } = request;
  const { produces = JSON_TYPE, alsoProduces } = request.routeOptions.config;
  const types = alsoProduces === undefined ? [produces] : [produces, alsoProduces];
  const isWelcome = types.some((type) => accepts(headers.accept, type));
  if (method !== 'DELETE' && !isWelcome && !acceptsProblemOnly(headers.accept)) {
    throw new DomainError('not_acceptable', 'not_acceptable', `The answer would be ${types.join(' or ')}.`);
  }
  if (!request.routeOptions.config.query) refuseQuery(request);
}

/** A client that names only the form of errors that it wants takes the usual form of everything else. */
function acceptsProblemOnly(accept: string | undefined): boolean {
  return accept?.trim().toLowerCase().startsWith('application/problem+json') === true;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/** A route that knows no query parameter refuses all, like an unknown one among known. */
function refuseQuery({ query }: FastifyRequest): void {
  const names = Object.keys(query as object);
  if (names.length === 0) return;
  throw new InvalidInputError(
    names.slice(0, MAX_FAULTS).map((name) => ({ field: name.slice(0, 64), code: 'unknown', issue: 'is not known' })),
  );
}
