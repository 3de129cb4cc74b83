// Contracts between modules. A contract is a plain value that both sides import: it names the subject, the shape of
// request and reply, and what a caller may rely on. Handlers and clients are typed by it.

export type Class<T = unknown> = new () => T;

/** The way of a call to its handler: over NATS, or in-process if the module runs here. */
export type Route = 'remote' | 'local-first';

interface Named {
  /** The module that answers or publishes; kebab-case. */
  module: string;
  /** snake_case. */
  name: string;
  /** Of the shape. Version 1 of a request has no part in its subject; later ones have `v2`, `v3` … */
  version?: number;
}

/** How many calls of one handler run at once on a node, and how many may wait; one more is answered `queue_full`. */
export interface Capacity {
  /** Default 64. */
  concurrency?: number;
  /** Default 1,024. */
  queue?: number;
}

export interface RequestOptions<Request, Reply> extends Named, Capacity {
  /** Its class, with class-validator's rules; absent when the request has no body. */
  request?: Class<Request>;
  /** Its class; absent when the answer is void. It is checked by the caller where the class has rules. */
  reply?: Class<Reply>;
  /** From the first attempt to the answer, in milliseconds. Default 5,000. */
  timeoutMs?: number;
  /** Whether a repeat has no second effect: only then is it retried. Default false. */
  idempotent?: boolean;
  /** Only modules may call it: `internal.…`. Default false. */
  internal?: boolean;
  route?: Route;
  /** Facts for others than the bus, such as the scope that an outside caller needs. */
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
  /** Its class, with class-validator's rules. */
  work: Class<Work>;
  /**
   * `core`: shared among the nodes that listen now, and lost where none does or one dies. `stream`: kept until it is done.
   * Default `core`.
   */
  delivery?: 'core' | 'stream';
  /** With `core`: whether the sender waits until it was received, or until it was done. Default `before`. */
  acknowledge?: 'before' | 'after';
  /**
   * With `core`: after an acknowledged send, how long further sends do not wait for theirs, in milliseconds; at least 100,
   * or 0 for never. Default 0.
   */
  optimisticMs?: number;
  /** Until a `core` send must be acknowledged, or how long one `stream` attempt may take, in milliseconds. Default 5,000. */
  timeoutMs?: number;
  /** On a stream: deliveries before it is a dead letter. Default: as many as fit into an hour. */
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
  /** Its class; rules are checked before a handler sees it, fields without rules are let through. */
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

/** Work that one of all nodes does. @throws TypeError for an invalid name or number. */
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
