// An outside client that has the changes pushed to it over NATS, as the README describes: it renews its lease with its latest token.
import { randomUUID } from 'node:crypto';
import { headers as natsHeaders, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { Change, FollowedChanges, FollowLease } from '@mono/changes/contract';

/** Two heartbeats of the node, and more. */
const PATIENCE_MS = 5_000;
const RENEW_AFTER_MS = 15_000;
const PAUSE_MS = 100;
const CALL_TIMEOUT_MS = 5_000;

export interface FollowClientOptions {
  connection: NatsConnection;
  /** The NATS user; `default` where the server shares none. */
  user?: string;
  key: string;
  /** Default: the current token. */
  since?: string;
  filter?: object;
  onChange(change: Change): void;
  /** How long it waits for a message before it takes the node for gone. */
  patienceMs?: number;
}

export interface FollowAnswer {
  /** 200 without an error. */
  status: number;
  lease: FollowLease;
  error: { code: string; message: string; details: unknown };
}

export class FollowClient {
  readonly id: string = randomUUID();
  token: string | undefined;
  lease = 0;
  /** How many leases it was granted. */
  granted = 0;
  /** Messages that did not begin at the token of the client. */
  losses = 0;
  /** The codes with which leases ended. */
  readonly ends: string[] = [];
  private renewAt = 0;

  constructor(private readonly options: FollowClientOptions) {
    this.token = options.since;
  }

  get subject(): string {
    return `push.${this.options.user ?? 'default'}.${this.id}`;
  }

  /** Follows until the signal. @throws Error where the lease cannot be renewed for good, such as by a revoked key. */
  async follow(stopped: AbortSignal): Promise<void> {
    const messages = this.options.connection.subscribe(this.subject);
    const iterator = messages[Symbol.asyncIterator]();
    let next = iterator.next();
    try {
      await this.renew(stopped);
      while (!stopped.aborted) {
        const received = await within(this.options.patienceMs ?? PATIENCE_MS, next, stopped);
        if (stopped.aborted) return;
        if (received?.done) throw new Error('The subscription ended.');
        if (received) next = iterator.next();
        await this.handle(received?.value, stopped);
      }
    } finally {
      messages.unsubscribe();
    }
  }

  /** One call, whatever its answer. */
  async call(body: object = {}, headers: Record<string, string> = {}): Promise<FollowAnswer> {
    const { connection, key, filter } = this.options;
    const sent = natsHeaders();
    for (const [name, value] of Object.entries({ Authorization: `Bearer ${key}`, ...headers }))
      sent.append(name, value);
    const request = { ...filter, follow_id: this.id, lease: this.lease, since: this.token, ...body };
    const answer = await connection.request('api.changes.follow', JSON.stringify(request), {
      headers: sent,
      timeout: CALL_TIMEOUT_MS,
    });
    const status = Number(answer.headers?.get('Nats-Service-Error-Code') || 200);
    return { status, lease: answer.json(), error: answer.json() };
  }

  private async handle(message: Msg | undefined, stopped: AbortSignal): Promise<void> {
    // Nothing for longer than two heartbeats: the node has gone.
    if (!message) return this.renew(stopped);
    const { lease, since, items, next_token, end } = message.json<FollowedChanges>();
    if (lease !== this.lease) return undefined;
    if (end) this.ends.push(end.code);
    if (since !== this.token) {
      this.losses += 1;
      return this.renew(stopped);
    }
    for (const item of items) this.options.onChange(item);
    this.token = next_token;
    if (end?.code === 'revoked') throw new Error(end.message);
    return end || Date.now() > this.renewAt ? this.renew(stopped) : undefined;
  }

  private async renew(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      this.lease += 1;
      const answer = await this.call().catch(() => undefined);
      if (answer?.status === 200) {
        this.token ??= answer.lease.next_token;
        this.granted += 1;
        this.renewAt = Date.now() + RENEW_AFTER_MS;
        return;
      }
      const isTransient = answer === undefined || answer.status >= 500 || answer.status === 429;
      if (!isTransient) throw new Error(`${answer.error.code}: ${answer.error.message}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function within<T>(ms: number, work: Promise<T>, stopped: AbortSignal): Promise<T | undefined> {
  const over = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => over.resolve(undefined), ms);
  const onStop = (): void => over.resolve(undefined);
  stopped.addEventListener('abort', onStop, { once: true });
  try {
    return await Promise.race([work, over.promise]);
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', onStop);
  }
}
