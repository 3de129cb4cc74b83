// The leases that this node serves, whether the module runs here or not. The NATS server says whose subject receives the changes.
import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, BusConnection } from '@mono/bus';
import { clientOf, DomainError, InvalidInputError, readInput, UnavailableError, type Principal } from '@mono/contract';
import { callOperation, NatsRoutes, type ConfigOf, type NatsCall } from '@mono/platform';
import {
  changesOperations as operations,
  FollowChanges,
  type FollowedChanges,
  type FollowLease,
  type GrantedLease,
} from '../../contract/index.js';
import { changesConfig } from '../changes.config.js';
import { Follow } from './follow.js';
import { PUSH_SOURCE } from './push-source.js';
import { Takeovers, type Takeover } from './takeovers.js';

const TICK_MS = 500;
const RETRY_AFTER_SECONDS = 5;
/** NATS users as a token of a subject. */
const TOKEN = /^[\w=-]{1,128}$/;
/** The user of callers whose server shares none. */
const NOBODY = 'default';

interface Running {
  follow: Follow;
  id: string;
  credential: string;
}

@Injectable()
export class Follows implements OnModuleInit, OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private readonly changes: ReturnType<typeof clientOf<typeof operations>>;
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly bus: Bus,
    private readonly connection: BusConnection,
    private readonly routes: NatsRoutes,
    private readonly takeovers: Takeovers,
    @Inject(changesConfig.KEY) private readonly config: ConfigOf<typeof changesConfig>,
  ) {
    this.changes = clientOf(bus, operations);
  }

  get count(): number {
    return this.running.size;
  }

  pushesTo(subject: string): boolean {
    return [...this.running.keys()].some((key) => key.endsWith(` ${subject}`));
  }

  onModuleInit(): void {
    this.routes.add(operations.follow, (input, call) => this.follow(input, call));
    this.takeovers.onTakeover((takeover) => this.yieldTo(takeover));
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  /** While the connection is still there. */
  onModuleDestroy(): void {
    this.isStopping = true;
    clearInterval(this.timer);
    for (const { follow } of this.running.values()) follow.end('stopping');
  }

  async follow(input: unknown, call: NatsCall): Promise<FollowLease> {
    if (this.isStopping) throw new UnavailableError('The node stops.');
    const user = userOf(call);
    const request = readInput(FollowChanges, input ?? {}, 'body');
    const { body } = await callOperation(this.bus, operations.follow, request, call.context);
    const granted = body as GrantedLease;
    const subject = `push.${user}.${request.follow_id.toLowerCase()}`;
    this.start(request, { subject, since: granted.next_token, call });
    return Object.assign(granted, { subject });
  }

  private start(
    request: FollowChanges,
    { subject, since, call }: { subject: string; since: string; call: NatsCall },
  ): void {
    const { principal } = call.context;
    const credential = `${principal.kind} ${principal.id}`;
    const takeover = { key: `${credential} ${subject}`, lease: request.lease, id: randomUUID() };
    const earlier = this.running.get(takeover.key);
    if (!earlier) this.requireRoom(credential);
    if (earlier && earlier.follow.lease > request.lease) throw lowerLease(earlier.follow.lease);
    earlier?.follow.end('taken_over');
    const follow = new Follow({
      request,
      since,
      authorize: () => call.authorize(),
      read: (query, caller, signal) => this.changes.findChanges(query, this.contextOf(call, caller, signal)),
      send: (message) => this.send(subject, message),
    });
    const { key, id } = takeover;
    this.running.set(key, { follow, id, credential });
    this.takeovers.send(takeover);
    void follow.run().finally(() => {
      if (this.running.get(key)?.id === id) this.running.delete(key);
    });
  }

  private contextOf(
    { context: { requestId } }: NatsCall,
    principal: Principal,
    signal: AbortSignal,
  ): Parameters<typeof this.changes.findChanges>[1] {
    return { principal, requestId, signal, source: PUSH_SOURCE };
  }

  /** @throws Error while the node is disconnected. */
  private send(subject: string, message: FollowedChanges): number | undefined {
    const { live } = this.connection;
    if (!live) throw new UnavailableError('NATS is not connected.');
    const payload = Buffer.from(JSON.stringify(message));
    if (payload.length > (live.info?.max_payload ?? Number.POSITIVE_INFINITY)) return undefined;
    live.publish(subject, payload);
    return payload.length;
  }

  private yieldTo({ key, lease, id }: Takeover): void {
    const own = this.running.get(key);
    if (!own || own.id === id || own.follow.lease > lease) return;
    if (own.follow.lease < lease || own.id < id) own.follow.end('taken_over');
  }

  private tick(): void {
    for (const { follow } of this.running.values()) {
      if (this.connection.live) void follow.tick();
      else follow.drop();
    }
  }

  /** @throws DomainError `rate_limited`. */
  private requireRoom(credential: string): void {
    const { CHANGES_MAX_FOLLOWS: most, CHANGES_MAX_FOLLOWS_PER_CREDENTIAL: mostOfOne } = this.config;
    const own = [...this.running.values()].filter((one) => one.credential === credential).length;
    if (own < mostOfOne && this.running.size < most) return;
    const whose = own >= mostOfOne ? 'this credential' : 'this node';
    throw new DomainError(
      'rate_limited',
      'rate_limited',
      `Too many clients of ${whose} follow changes. Let one of them end, and try again.`,
      { retry_after: RETRY_AFTER_SECONDS },
    );
  }
}

/** @throws DomainError `forbidden`. */
function userOf({ client = NOBODY }: NatsCall): string {
  if (TOKEN.test(client)) return client;
  throw new DomainError(
    'forbidden',
    'forbidden',
    'The name of your NATS user cannot be part of a subject: use letters, digits, "_" and "-".',
  );
}

function lowerLease(lease: number): InvalidInputError {
  return new InvalidInputError([
    { field: 'lease', code: 'out_of_range', issue: `must be at least ${lease}, the one of this follow_id that runs` },
  ]);
}
