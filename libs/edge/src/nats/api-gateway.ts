// The edge for clients on NATS, as the HTTP edge is for those on REST. Every node serves all of api.> in one queue group; nothing but a
// verified credential says who calls.
import {
  BusError,
  type Bus,
  type Contract,
  type GatewayAnswer,
  type GatewayCall,
  type GatewayHandler,
} from '@mono/bus';
import {
  CALL_HEADER,
  isOperation,
  readParam,
  requireRights,
  type AnyOperation,
  type CallContext,
  type NeededRights,
  type Principal,
  type PublicContext,
} from '@mono/contract';
import { MAX_BODY_BYTES } from '../http/body-limit.js';
import { requireUniqueKeys } from '../http/repeated-keys.js';
import {
  callOperation,
  callerFacts,
  toHttpFault,
  type Authenticator,
  type Credentials,
  type Logger,
  type NatsHandler,
  type NatsRoutes,
} from '@mono/platform';
import { admit, admitAnybody, conditionsOf } from '../operations/admission.js';
import type { RequestLimits } from '../rate-limits/request-limits.js';

const SUBJECTS = 'api.>';
const QUEUE = 'edge';

/** For the log, which names the caller of a refused call, too. */
type OnCaller = (principal: Principal) => void;

export interface ApiEdge {
  contracts: readonly Contract[];
  authenticator: Authenticator;
  logger: Logger;
  /** None: callers are not limited. */
  limits?: RequestLimits | undefined;
  /** The operations that features answer by themselves. Default: none. */
  routes?: Pick<NatsRoutes, 'of'> | undefined;
}

/** The operations that outside clients may call, by their subjects `api.<module>.<name>`. */
export function operationsBySubject(contracts: readonly Contract[]): ReadonlyMap<string, AnyOperation> {
  const open = contracts.filter(
    (contract): contract is AnyOperation => isOperation(contract) && contract.callers !== 'modules',
  );
  return new Map(open.map((operation) => [operation.subject.replace(/^services\./, 'api.'), operation]));
}

export function serveApi(bus: Bus, { contracts, authenticator, logger, limits, routes }: ApiEdge): void {
  const operations = operationsBySubject(contracts);
  const serve = async (call: GatewayCall, onCaller: OnCaller): Promise<GatewayAnswer> => {
    const operation = operations.get(call.subject);
    if (!operation) {
      throw new BusError({ status: 404, code: 'method_not_found', message: `There is no method ${call.subject}.` });
    }
    const headers: Record<string, string> = {};
    const context = await enter(operation, call, { authenticator, limits, onCaller }, headers);
    const input = readInput(operation, call.body());
    const handler = routes?.of(operation);
    if (handler && 'principal' in context)
      return { body: await callHandler(handler, { operation, call, context, authenticator }, input), headers };
    const { body, replayed } = await callOperation(bus, operation, input, context);
    if (operation.etag) headers['ETag'] = `"${operation.etag(body)}"`;
    if (replayed) headers[CALL_HEADER.replayed] = 'true';
    return { body, headers };
  };
  const handler = logger.isLevelEnabled('info')
    ? logged(serve, logger)
    : (call: GatewayCall) => serve(call, () => undefined);
  bus.gateway(SUBJECTS, QUEUE, handler, { maxBodyBytes: MAX_BODY_BYTES, checkBody: requireUniqueKeys });
}

/** @param said headers of the answer, to which those of the limit are added. @throws DomainError for a caller that may not call. */
async function enter(
  operation: AnyOperation,
  call: GatewayCall,
  { authenticator, limits, onCaller }: Pick<ApiEdge, 'authenticator' | 'limits'> & { onCaller: OnCaller },
  said: Record<string, string>,
): Promise<CallContext | PublicContext> {
  const { requestId, deadline, headers } = call;
  const sayLimit = (limit: Record<string, string>): object => Object.assign(said, limit);
  const origin = originOf(call);
  if (operation.callers === 'anybody') {
    admitAnybody(origin, operation.reads, limits, sayLimit);
    return { requestId, address: origin, userAgent: undefined };
  }
  const credentials = credentialsOf(call);
  const principal = limits
    ? await limits.authenticate(authenticator, credentials, origin)
    : await authenticator.authenticate(credentials);
  onCaller(principal);
  admit(principal, rightsFor(operation), operation.reads, limits, sayLimit);
  const conditions = conditionsOf(operation, (name) => headers.get(name));
  return { principal, requestId, deadline, source: 'nats', ...conditions };
}

function credentialsOf({ headers }: GatewayCall): Credentials {
  return { authorization: headers.get('Authorization'), workspace: headers.get('X-Workspace'), address: undefined };
}

interface HandledCall {
  operation: AnyOperation;
  call: GatewayCall;
  context: CallContext;
  authenticator: Authenticator;
}

function callHandler(
  handler: NatsHandler,
  { operation, call, context, authenticator }: HandledCall,
  input: unknown,
): Promise<unknown> {
  const credentials = credentialsOf(call);
  const authorize = async (): Promise<Principal> => {
    const principal = await authenticator.authenticate(credentials);
    requireRights(principal, rightsFor(operation));
    return principal;
  };
  return handler(input, { context, client: call.client, authorize });
}

function rightsFor({ scope, callers, respectsLists, personalTokens }: AnyOperation): NeededRights {
  return { scope, user: callers === 'user', respectsLists, personalTokens };
}

/** Clients whose server shares no user are counted together: a valid credential passes anyway. */
function originOf({ client = '' }: GatewayCall): string {
  return `nats:${client}`;
}

/** Path parameters of REST are fields here, and are read alike. @throws NotFoundError for one that names nothing. */
function readInput({ http }: AnyOperation, body: unknown): unknown {
  if (
    !http ||
    Object.keys(http.params).length === 0 ||
    typeof body !== 'object' ||
    body === null ||
    Array.isArray(body)
  )
    return body;
  const fields = body as Record<string, unknown>;
  const read: Record<string, string> = {};
  for (const [name, param] of Object.entries(http.params)) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string') read[name] = readParam(param, value);
  }
  return { ...fields, ...read };
}

/** A line per request, as the HTTP edge has one. */
function logged(
  serve: (call: GatewayCall, onCaller: OnCaller) => Promise<GatewayAnswer>,
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
