// The edge for clients on NATS, as the HTTP edge is for those on REST: who is it, may they, under which conditions. Every
// node serves all of api.> in one queue group; nothing but a verified credential says who calls.
import {
  BusError,
  type Bus,
  type Contract,
  type GatewayAnswer,
  type GatewayCall,
  type GatewayHandler,
  type RequestContract,
} from '@mono/bus';
import { type Principal, requireRights, parseIfMatch, parseIdempotencyKey } from '@mono/contract';
import type { Authenticator } from '../http/authenticator.js';
import { MAX_BODY_BYTES } from '../http/body-limit.js';
import { toHttpFault } from '../http/http-fault.js';
import { callerFacts } from '../logging/caller-facts.js';
import type { Logger } from '../logging/logger.js';
import { rateLimited, type RequestLimits } from '../rate-limits/request-limits.js';
import { rateLimitHeaders } from '../rate-limits/verdict.js';
import { SOURCE } from './call-context-on-bus.js';
import { exposedBySubject, exposureOf, type Exposure } from './exposed.js';

const SUBJECTS = 'api.>';
const QUEUE = 'edge';

export interface ApiEdge {
  contracts: readonly Contract[];
  authenticator: Authenticator;
  logger: Logger;
  /** None: callers are not limited. */
  limits?: RequestLimits | undefined;
}

export function serveApi(bus: Bus, { contracts, authenticator, logger, limits }: ApiEdge): void {
  const methods = exposedBySubject(contracts);
  const serve = async (call: GatewayCall, onCaller: (principal: Principal) => void): Promise<GatewayAnswer> => {
    const contract = methods.get(call.subject);
    const exposure = contract && exposureOf(contract);
    if (!contract || !exposure) {
      throw new BusError({ status: 404, code: 'method_not_found', message: `There is no method ${call.subject}.` });
    }
    const credentials = {
      authorization: call.headers.get('Authorization'),
      workspace: call.headers.get('X-Workspace'),
      address: undefined,
    };
    const principal = limits
      ? await limits.authenticate(authenticator, credentials, originOf(call))
      : await authenticator.authenticate(credentials);
    onCaller(principal);
    const limited = limits && demandWithin(limits, contract, principal);
    requireRights(principal, exposure);
    const { body, headers } = await answer(bus, contract, exposure, principal, call);
    return { body, headers: { ...limited, ...headers } };
  };
  const handler = logger.isLevelEnabled('info')
    ? logged(serve, logger)
    : (call: GatewayCall) => serve(call, () => undefined);
  bus.gateway(SUBJECTS, QUEUE, handler, { maxBodyBytes: MAX_BODY_BYTES });
}

/** Clients whose server shares no user are counted together: a valid credential passes anyway. */
function originOf({ client = '' }: GatewayCall): string {
  return `nats:${client}`;
}

/** A line per request, as the HTTP edge has one. */
function logged(
  serve: (call: GatewayCall, onCaller: (principal: Principal) => void) => Promise<GatewayAnswer>,
  logger: Logger,
): GatewayHandler {
  return async (call) => {
    const began = performance.now();
    let status = 200;
    let caller: Principal | undefined;
    try {
      return await serve(call, (principal) => {
        caller = principal;
      });
    } catch (error) {
      ({ status } = error instanceof BusError ? error : toHttpFault(error));
      throw error;
    } finally {
      const ms = Math.round((performance.now() - began) * 100) / 100;
      const { requestId: request_id, subject } = call;
      logger.info({ request_id, subject, status, ms, ...callerFacts(caller) }, 'nats request');
    }
  };
}

/** @returns what the caller is told of the limit. @throws DomainError `rate_limited`. */
function demandWithin(
  limits: RequestLimits,
  { idempotent }: RequestContract,
  { id }: Principal,
): Record<string, string> {
  const verdict = limits.take(idempotent ? 'reads' : 'writes', id);
  if (!verdict.allowed) throw rateLimited(verdict.limit, verdict.retryAfterMs);
  return rateLimitHeaders(verdict);
}

async function answer(
  bus: Bus,
  contract: RequestContract,
  exposure: Exposure,
  principal: Principal,
  call: GatewayCall,
): Promise<GatewayAnswer> {
  const { body, header } = await bus.exchange(contract, call.body(), {
    principal,
    requestId: call.requestId,
    deadline: call.deadline,
    route: 'local-first',
    headers: conditions(exposure, call),
  });
  const headers: Record<string, string> = {};
  if (exposure.entityTag) headers['ETag'] = `"${exposure.entityTag(body as never)}"`;
  const replayed = header('Idempotent-Replayed');
  if (replayed !== undefined) headers['Idempotent-Replayed'] = replayed;
  return { body, headers };
}

/** What the client demands, checked before it travels on. */
function conditions({ guarded, replayable }: Exposure, { headers }: GatewayCall): Record<string, string> {
  const passed: Record<string, string> = { [SOURCE]: 'nats' };
  const ifMatch = guarded ? headers.get('If-Match') : undefined;
  if (ifMatch !== undefined) {
    const version = parseIfMatch(ifMatch);
    if (version !== undefined) passed['If-Match'] = `"${version}"`;
  }
  const key = replayable ? headers.get('Idempotency-Key') : undefined;
  if (key !== undefined) passed['Idempotency-Key'] = parseIdempotencyKey(key);
  return passed;
}
