// An operation is one use case, declared once in its module's contract. REST route, subjects, OpenAPI, typed client and the rows of
// the authorization matrix derive from it. It is a request contract of the bus, so that handlers and clients take it as one.
import { defineRequest, type Class, type RequestContract } from '@mono/bus/contracts';
import type { CallContext, PublicContext } from '../context/call-context.js';
import type { PersonalTokens } from '../context/require-rights.js';
import { SHARED_STATUSES, type ErrorTable } from '../errors/index.js';
import { composeRequest } from './compose-request.js';
import type { Path, PathParam, PathParams } from './path.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The allowed callers: any credential (optionally with a scope), signed-in users, anybody, or modules only. */
export type Callers = 'credential' | 'user' | 'anybody' | 'modules';

export interface HttpRoute {
  readonly method: HttpMethod;
  /** In the syntax of Nest: `/v1/tasks/:id`. */
  readonly path: string;
  /** The status of a success. */
  readonly status: number;
  readonly params: Readonly<Record<string, PathParam>>;
  readonly query: Class<object> | undefined;
  readonly body: Class<object> | undefined;
  /** A JSON Merge Patch: the field `patch` of the request. */
  readonly patch: Class<object> | undefined;
  /** Whether a hand-written controller serves it. */
  readonly handWritten: boolean;
}

/** The context of a call between modules. */
export interface ModuleContext {
  requestId: string;
  /** By performance.now(). */
  deadline: number;
  /** Aborts at the deadline, or when the caller disconnects. */
  signal: AbortSignal;
}

declare const CONTEXT: unique symbol;

export interface Operation<Input = unknown, Reply = unknown, Context = unknown> extends RequestContract<Input, Reply> {
  /** camelCase: the method of the client. */
  readonly key: string;
  /** In the OpenAPI document. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  /** Describes the response in the OpenAPI document. */
  readonly answer: string;
  readonly callers: Callers;
  /** Called by modules on behalf of a caller: the handler gets the CallContext of that caller. */
  readonly onBehalf: boolean;
  /** null: no scope is required. */
  readonly scope: string | null;
  /** Whether the handler respects the lists to which a caller is limited. Otherwise such callers are forbidden. */
  readonly respectsLists: boolean;
  readonly personalTokens: PersonalTokens;
  /** undefined: no route. */
  readonly http: HttpRoute | undefined;
  /** Whether it counts as a read for rate limits, and has no effect. */
  readonly reads: boolean;
  /** Its error codes and HTTP statuses, without those that follow from its shape. */
  readonly errors: Readonly<Record<string, number>>;
  readonly etag: ((reply: Reply) => string) | undefined;
  /** The path of the created resource. */
  readonly location: ((reply: Reply) => string) | undefined;
  readonly ifMatch: boolean;
  readonly idempotencyKey: boolean;
  readonly showsSecret: boolean;
  readonly [CONTEXT]?: Context;
}

// oxlint-disable-next-line typescript/no-explicit-any -- operations of every shape
export type AnyOperation = Operation<any, any, any>;
export type OperationMap = Readonly<Record<string, AnyOperation>>;
export type InputOf<O> = O extends Operation<infer Input, infer _Reply, infer _Context> ? Input : never;
export type ReplyOf<O> = O extends Operation<infer _Input, infer Reply, infer _Context> ? Reply : never;
export type ContextOf<O> = O extends Operation<infer _Input, infer _Reply, infer Context> ? Context : never;

/** The options of an operation besides verb and path. */
export interface OperationOptions<Query, Body, Patch, Reply> {
  /** An imperative: "Create a task". */
  summary: string;
  description?: string;
  /** Describes the response: "The created task." */
  answer?: string;
  /** A scope; `'user'`: any signed-in user; `{ user: scope }`: a signed-in user with it; `'anybody'`; null: any credential. */
  scope: string | { user: string } | null;
  tag?: string;
  /** In the OpenAPI document. Default: the key, which also gives the name on the bus. */
  operationId?: string;
  query?: Class<Query>;
  body?: Class<Body>;
  patch?: Class<Patch>;
  reply?: Class<Reply>;
  /** Default 201 with `location`, 204 without a reply, else 200. */
  status?: number;
  /** The value of the ETag without its quotes. */
  etag?: (reply: Reply) => string;
  location?: (reply: Reply) => string;
  /** Whether `If-Match` guards it. */
  ifMatch?: boolean;
  /** Whether `Idempotency-Key` is supported. The handler runs its work by `once`. */
  idempotencyKey?: boolean;
  /** Default: true for GET. Also true for a POST that only computes. */
  reads?: boolean;
  /** Whether the handler respects the lists to which a caller is limited. Default: false, such callers are forbidden. */
  respectsLists?: boolean;
  /** Default: `'all'` for operations that have a scope or only read; `'whole'` otherwise. */
  personalTokens?: PersonalTokens;
  /** Whether the answer contains a key, token or link that gives access. It is not compressed. */
  showsSecret?: boolean;
  /** Codes from the module's table. */
  errors?: readonly string[];
  /** Timeout from the first attempt to the response, in milliseconds. Default: 15,000. */
  timeoutMs?: number;
  /** Concurrent calls per node. Default: 64. */
  concurrency?: number;
  /** The name in its subjects, in snake_case. Default: derived from the key. */
  name?: string;
  /** Whether a hand-written controller serves its route, because request or response is not JSON. */
  handWritten?: boolean;
  /** Stays in the process if the module runs here, also if the bus routes everything else over NATS. */
  route?: 'local-first';
}

/** The neutral element of an intersection. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- the neutral element of `&`
type None = Record<never, never>;
type ParamsInput<Params> = { [Name in keyof Params]: string };
type PatchInput<Patch> = [Patch] extends [never] ? None : { patch: Patch };
type Part<T> = [T] extends [never] ? None : T;
type Flat<T> = keyof T extends never ? undefined : { [K in keyof T]: T[K] };
export type OperationInput<Params, Query, Body, Patch> = Flat<
  ParamsInput<Params> & Part<Query> & Part<Body> & PatchInput<Patch>
>;
type CallersOf<Scope> = Scope extends 'anybody' ? PublicContext : CallContext;

/** An operation without its module and name, which `operations` adds. */
export interface OperationDraft<Input, Reply, Context> {
  readonly options: OperationOptions<object, object, object, Reply>;
  /** undefined: no route. */
  readonly method: HttpMethod | undefined;
  readonly path: Path | undefined;
  /** Whether only modules may call it. */
  readonly internal?: boolean;
  readonly types?: [Input, Context];
}

type Verb = <
  const Scope extends OperationOptions<never, never, never, never>['scope'],
  Params extends PathParams = None,
  Query = never,
  Body = never,
  Patch = never,
  Reply = void,
>(
  path: string | Path<Params>,
  options: OperationOptions<Query, Body, Patch, Reply> & { scope: Scope },
) => OperationDraft<OperationInput<Params, Query, Body, Patch>, Reply, CallersOf<Scope>>;

function verb(method: HttpMethod): Verb {
  return ((at: string | Path, options: OperationDraft<unknown, unknown, unknown>['options']) => ({
    options,
    method,
    path: typeof at === 'string' ? { template: at, params: {} } : at,
  })) as unknown as Verb;
}

export const get = verb('GET');
export const post = verb('POST');
export const put = verb('PUT');
export const patch = verb('PATCH');
export const del = verb('DELETE');

type InternalOptions<Body, Reply> = Pick<
  OperationOptions<never, Body, never, Reply>,
  'body' | 'reply' | 'summary' | 'timeoutMs' | 'concurrency' | 'route'
> & {
  /** Whether a repeat has no second effect. Default false. */
  reads?: boolean;
};

/**
 * An operation without a route, which only modules call: on their own account (`internal.<module>.<name>`), or with `onBehalf` as
 * the caller whose CallContext they pass on (`services.<module>.<name>`). The handler checks the rights of that caller.
 */
export function internal<Body = undefined, Reply = void>(
  options: InternalOptions<Body, Reply> & { onBehalf: true },
): OperationDraft<Body, Reply, CallContext>;
export function internal<Body = undefined, Reply = void>(
  options: InternalOptions<Body, Reply>,
): OperationDraft<Body, Reply, ModuleContext>;
export function internal<Body, Reply>(
  options: InternalOptions<Body, Reply> & { onBehalf?: boolean },
): OperationDraft<Body, Reply, unknown> {
  return {
    options: { ...options, scope: null, respectsLists: options.onBehalf ?? false },
    method: undefined,
    path: undefined,
    internal: true,
  } as unknown as OperationDraft<Body, Reply, unknown>;
}

/** An operation without a route, which clients call over NATS only (`api.<module>.<name>`). */
export function overNats<Body = undefined, Reply = void>(
  options: Pick<
    OperationOptions<never, Body, never, Reply>,
    | 'summary'
    | 'description'
    | 'scope'
    | 'body'
    | 'reply'
    | 'reads'
    | 'respectsLists'
    | 'personalTokens'
    | 'errors'
    | 'timeoutMs'
  >,
): OperationDraft<Body, Reply, CallContext> {
  return { options, method: undefined, path: undefined } as unknown as OperationDraft<Body, Reply, CallContext>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- drafts of every shape
type AnyDraft = OperationDraft<any, any, any>;
type Drafts = Readonly<Record<string, OperationDraft<never, never, never>>>;
export type OperationsOf<D> = {
  readonly [Key in keyof D]: D[Key] extends OperationDraft<infer Input, infer Reply, infer Context>
    ? Operation<Input, Reply, Context>
    : never;
};

export interface OperationDefaults {
  /** The group in the OpenAPI document. Default: the module. */
  tag?: string;
  /** The module's table of errors, to whose codes `errors` of its operations refers. */
  errors?: ErrorTable;
  timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/**
 * The operations of a module. @param module kebab-case. @throws TypeError for a contradictory declaration; the message names
 * the operation.
 */
export function operations<const D extends Record<string, AnyDraft>>(
  module: string,
  defaults: OperationDefaults,
  drafts: D,
): OperationsOf<D> {
  return Object.fromEntries(
    Object.entries(drafts as unknown as Drafts).map(([key, draft]) => [
      key,
      build(module, defaults, key, draft as unknown as OperationDraft<unknown, unknown, unknown>),
    ]),
  ) as unknown as OperationsOf<D>;
}

function build(
  module: string,
  defaults: OperationDefaults,
  key: string,
  { options, method, path: at, internal: isInternal = false }: OperationDraft<unknown, unknown, unknown>,
): Operation {
  const name = options.name ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const { scope, reply, etag, location, ifMatch = false, idempotencyKey = false } = options;
  const reads = options.reads ?? method === 'GET';
  if (reads && (ifMatch || idempotencyKey))
    throw new TypeError(`${module}.${name} reads: nothing guards or repeats it.`);
  if (etag && !reply) throw new TypeError(`${module}.${name} has an ETag and no reply.`);
  const access = accessOf(scope);
  const callers = isInternal ? 'modules' : access.callers;
  const onBehalf = 'onBehalf' in options && options.onBehalf === true;
  const contract = defineRequest({
    module,
    name,
    ...(reply && { reply }),
    timeoutMs: options.timeoutMs ?? defaults.timeoutMs ?? TIMEOUT_MS,
    idempotent: reads,
    internal: isInternal && !onBehalf,
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
    ...(options.route && { route: options.route }),
  }) as unknown as RequestContract;
  const params = at?.params ?? {};
  const request = composeRequest(`${key[0]?.toUpperCase()}${key.slice(1)}Request`, { params, ...options });
  return {
    ...contract,
    request,
    key,
    operationId: options.operationId ?? key,
    tag: options.tag ?? defaults.tag ?? module,
    summary: options.summary,
    description: options.description,
    answer: options.answer ?? (reply ? 'The answer.' : 'Done.'),
    callers,
    onBehalf,
    scope: access.scope,
    respectsLists: options.respectsLists ?? false,
    personalTokens: options.personalTokens ?? (access.scope === null && !reads ? 'whole' : 'all'),
    http: method &&
      at && {
        method,
        path: at.template,
        status: options.status ?? (location ? 201 : reply ? 200 : 204),
        params,
        query: options.query,
        body: options.body,
        patch: options.patch,
        handWritten: options.handWritten ?? false,
      },
    reads,
    errors: statusesOf(`${module}.${name}`, defaults.errors, options.errors ?? []),
    etag,
    location,
    ifMatch,
    idempotencyKey,
    showsSecret: options.showsSecret ?? false,
  };
}

/** The option `scope` determines both callers and scope. */
function accessOf(option: OperationOptions<never, never, never, never>['scope']): Pick<Operation, 'callers' | 'scope'> {
  if (option === 'anybody' || option === 'user') return { callers: option, scope: null };
  if (typeof option === 'object' && option !== null) return { callers: 'user', scope: option.user };
  return { callers: 'credential', scope: option };
}

function statusesOf(name: string, table: ErrorTable = {}, codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    codes.map((code) => {
      const status = table[code]?.status ?? SHARED_STATUSES[code];
      if (status === undefined)
        throw new TypeError(`${name} names the error "${code}", which its module does not define.`);
      return [code, status];
    }),
  );
}

/** Whether a contract is an operation. */
export function isOperation(contract: object): contract is Operation {
  return 'callers' in contract && 'key' in contract;
}
