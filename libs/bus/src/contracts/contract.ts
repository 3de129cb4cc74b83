// Contracts between modules. A contract is a value that both sides import. It contains the subject, the types of request and
// reply, and the guarantees to callers, and types handlers and clients.

export type Class<T = unknown> = new () => T;

/** The way of a call to its handler: over NATS, or in-process if the module runs here. */
export type Route = 'remote' | 'local-first';

interface Named {
  /** The module that answers or publishes; kebab-case. */
  module: string;
  /** snake_case. */
  name: string;
  /** The version of the types. The subject of a request contains versions from `v2` on. */
  version?: number;
}

/** The limits of concurrent and queued calls of a handler on a node. Further calls get `queue_full`. */
export interface Capacity {
  /** Default 64. */
  concurrency?: number;
  /** Default 1,024. */
  queue?: number;
}

export interface RequestOptions<Request, Reply> extends Named, Capacity {
  /** The class of the request, with rules of class-validator. Absent for a request without a body. */
  request?: Class<Request>;
  /** The class of the reply; absent for void. The caller checks its rules, if it has any. */
  reply?: Class<Reply>;
  /** Timeout from the first attempt to the reply, in milliseconds. Default: 5,000. */
  timeoutMs?: number;
  /** Whether a repeat has no second effect. Only then is it retried. Default: false. */
  idempotent?: boolean;
  /** Whether only modules may call it (`internal.…`). Default: false. */
  internal?: boolean;
  route?: Route;
  /** Facts that the bus ignores, such as the scope that an outside caller needs. */
  annotations?: Readonly<Record<string, unknown>>;
}

export interface RequestContract<Request = unknown, Reply = unknown> extends Required<Capacity> {
  readonly kind: 'request';
  readonly module: string;
  readonly name: string;
  readonly version: number;
  readonly subject: string;
  readonly request: Class<Request> | undefined;
  readonly reply: Class<Reply> | undefined;
  readonly timeoutMs: number;
  readonly idempotent: boolean;
  readonly internal: boolean;
  readonly route: Route;
  readonly annotations: Readonly<Record<string, unknown>>;
}

export interface WorkOptions<Work> extends Named, Capacity {
  /** The class of the work, with rules of class-validator. */
  work: Class<Work>;
  /**
   * `core`: received by one of the subscribed nodes, and lost without one or if it dies. `stream`: stored until it is done.
   * Default: `core`.
   */
  delivery?: 'core' | 'stream';
  /** With `core`: acknowledge before or after handling. Default: `before`. */
  acknowledge?: 'before' | 'after';
  /**
   * With `core`: the time after an acknowledged send during which sends do not wait, in milliseconds: 0 or at least 100.
   * Default: 0.
   */
  optimisticMs?: number;
  /** Timeout of the acknowledgement of a `core` send, or of one attempt on a `stream`, in milliseconds. Default: 5,000. */
  timeoutMs?: number;
  /** With `stream`: deliveries before it becomes a dead letter. Default: as many as fit into an hour. */
  attempts?: number;
}

export interface WorkContract<Work = unknown> extends Required<Capacity> {
  readonly kind: 'work';
  readonly module: string;
  readonly name: string;
  readonly version: number;
  readonly subject: string;
  readonly work: Class<Work>;
  readonly delivery: 'core' | 'stream';
  readonly acknowledge: 'before' | 'after';
  readonly optimisticMs: number;
  readonly timeoutMs: number;
  readonly attempts: number | undefined;
}

export interface EventOptions<Event> extends Named {
  /** The class of the body. Its rules are checked before a handler is called; fields without rules pass. */
  event: Class<Event>;
}

export interface EventContract<Event = unknown> {
  readonly kind: 'event';
  readonly module: string;
  /** `*` stands for every event of the module at this version. */
  readonly name: string;
  readonly version: number;
  readonly subject: string;
  readonly event: Class<Event>;
}

export type Contract = RequestContract | WorkContract | EventContract;

/** The body of an event, or of any of several. */
export type BodyOf<Events> = Events extends readonly EventContract<infer Event>[]
  ? Event
  : Events extends EventContract<infer Event>
    ? Event
    : never;

const MODULE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_CONCURRENCY = 64;
const DEFAULT_QUEUE = 1_024;
const LEAST_OPTIMISTIC_MS = 100;

/** A request that is always answered. @throws TypeError for an invalid name or number. */
export function defineRequest<Request = undefined, Reply = void>(
  options: RequestOptions<Request, Reply>,
): RequestContract<Request, Reply> {
  const { module, name, internal = false } = options;
  const version = checked(options);
  return {
    kind: 'request',
    module,
    name,
    version,
    subject: `${internal ? 'internal' : 'services'}.${module}.${versioned(name, version)}`,
    request: options.request,
    reply: options.reply,
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    idempotent: options.idempotent ?? false,
    internal,
    route: options.route ?? 'remote',
    annotations: options.annotations ?? {},
    ...capacity(options),
  };
}

/** Work for one of the nodes. @throws TypeError for an invalid name or number. */
export function defineWork<Work>(options: WorkOptions<Work>): WorkContract<Work> {
  const { module, name, delivery = 'core', optimisticMs = 0 } = options;
  const version = checked(options);
  if (optimisticMs !== 0 && optimisticMs < LEAST_OPTIMISTIC_MS) {
    throw new TypeError(`Invalid optimisticMs of ${module}.${name}: expected 0, or at least ${LEAST_OPTIMISTIC_MS}.`);
  }
  return {
    kind: 'work',
    module,
    name,
    version,
    subject: `${delivery === 'core' ? 'work' : 'durable'}.${module}.${versioned(name, version)}`,
    work: options.work,
    delivery,
    acknowledge: options.acknowledge ?? 'before',
    optimisticMs,
    attempts: options.attempts === undefined ? undefined : positive('attempts', options.attempts),
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    ...capacity(options),
  };
}

/** A fact that other modules consume. @throws TypeError for an invalid name or number. */
export function defineEvent<Event>(options: EventOptions<Event>): EventContract<Event> {
  const { module, name, event } = options;
  const version = checked({ ...options, name: name === '*' ? 'any' : name });
  return { kind: 'event', module, name, version, subject: `events.${module}.v${version}.${name}`, event };
}

function checked({ module, name, version = 1 }: Named): number {
  if (!MODULE.test(module)) throw new TypeError(`Invalid module name "${module}": expected kebab-case.`);
  if (!NAME.test(name)) throw new TypeError(`Invalid contract name "${name}": expected snake_case.`);
  if (!Number.isInteger(version) || version < 1)
    throw new TypeError(`Invalid version of ${name}: expected a positive integer.`);
  return version;
}

function versioned(name: string, version: number): string {
  return version === 1 ? name : `v${version}.${name}`;
}

function capacity({ concurrency = DEFAULT_CONCURRENCY, queue = DEFAULT_QUEUE }: Capacity): Required<Capacity> {
  return { concurrency: positive('concurrency', concurrency), queue };
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new TypeError(`Invalid ${name}: expected a positive number.`);
  return value;
}
