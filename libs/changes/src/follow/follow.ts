// One lease: pushes the changes after a token until the lease ends. Its messages form a chain, each beginning at the token that
// the one before ended with.
import { DomainError, type Principal } from '@mono/contract';
import {
  DEFAULT_CHANGES_LIMIT,
  HEARTBEAT_SECONDS,
  LEASE_BYTES,
  LEASE_CHANGES,
  LEASE_SECONDS,
  type ChangePage,
  type ChangesQuery,
  type FollowChanges,
  type FollowedChanges,
} from '../../contract/index.js';

export interface FollowParts {
  request: FollowChanges;
  /** Where the lease begins. */
  since: string;
  /** @throws DomainError if the caller may no longer call. */
  authorize(): Promise<Principal>;
  /** Waits for changes, for some seconds. */
  read(query: ChangesQuery, principal: Principal, signal: AbortSignal): Promise<ChangePage>;
  /** @returns the bytes sent; undefined if they are more than NATS takes. @throws Error while the node is disconnected. */
  send(message: FollowedChanges): number | undefined;
}

const WAIT = 'PT5S';
const PAUSE_MS = 500;
/** An empty page that arrives sooner comes from a node that stops. */
const SOON_MS = 100;
const SECOND_MS = 1_000;
/** A heartbeat is never late by a tick. */
const EARLY_MS = 600;
const NO_LONGER_ALLOWED = new Set(['unauthorized', 'forbidden', 'not_found']);
const TRANSIENT = new Set(['unavailable', 'timed_out', 'rate_limited']);
const MESSAGES = {
  credit_used: 'Renew the lease when these changes are processed.',
  lease_expired: 'The lease was not renewed.',
  stopping: 'The node stops: renew the lease.',
  taken_over: 'Another lease has the same follow_id.',
  revoked: 'The credential is no longer valid: renew the lease with a valid one.',
} as const;

export class Follow {
  private readonly ended = Promise.withResolvers<void>();
  private readonly expiresAt = performance.now() + LEASE_SECONDS * SECOND_MS;
  private isEnded = false;
  private isChecking = false;
  /** The token of the client once it has processed all messages. */
  private announced: string;
  /** Nothing that the client sees is between `announced` and here. */
  private reached: string;
  private sentAt = performance.now();
  private limit: number;
  private changes = 0;
  private bytes = 0;
  private rights = '';
  private reading = new AbortController();

  constructor(private readonly parts: FollowParts) {
    this.announced = parts.since;
    this.reached = parts.since;
    this.limit = parts.request.limit ?? DEFAULT_CHANGES_LIMIT;
  }

  get lease(): number {
    return this.parts.request.lease;
  }

  /** Resolves when the lease has ended. */
  async run(): Promise<void> {
    while (!this.isEnded) {
      try {
        await this.step();
      } catch (error) {
        await this.onFailure(error);
      }
    }
  }

  /** Called twice a second. */
  async tick(): Promise<void> {
    const now = performance.now();
    if (now >= this.expiresAt) this.end('lease_expired');
    else if (now - this.sentAt >= HEARTBEAT_SECONDS * SECOND_MS - EARLY_MS) this.beat();
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      // A read that waits has the rights of its beginning.
      if (rightsOf(await this.parts.authorize()) !== this.rights) this.reading.abort();
    } catch (error) {
      if (isRefusal(error)) this.end('revoked');
    } finally {
      this.isChecking = false;
    }
  }

  end(code: keyof typeof MESSAGES): void {
    this.finish({ code, message: MESSAGES[code] });
  }

  /** Without a message: the client renews when its heartbeats are missing. */
  drop(): void {
    this.isEnded = true;
    this.reading.abort();
    this.ended.resolve();
  }

  private async step(): Promise<void> {
    const principal = await this.parts.authorize();
    const rights = rightsOf(principal);
    this.rights = rights;
    this.reading = new AbortController();
    const beganAt = performance.now();
    const { follow_id: _id, lease: _lease, ...filter } = this.parts.request;
    const limit = Math.min(this.limit, LEASE_CHANGES - this.changes);
    const query = { ...filter, since: this.reached, limit, wait: WAIT };
    const page = await this.parts.read(query, principal, this.reading.signal);
    // They may have changed while the page was read.
    if (rightsOf(await this.parts.authorize()) !== rights || this.isEnded) return;
    if (page.items.length > 0) {
      this.push(page);
      return;
    }
    this.reached = page.next_token;
    if (!page.has_more && performance.now() - beganAt < SOON_MS) await this.pause(SOON_MS);
  }

  private push({ items, next_token, has_more }: ChangePage): void {
    const bytes = this.send({ items, next_token, has_more, end: null });
    if (bytes === undefined) {
      this.readLess(`The change of ${items[0]?.type} ${items[0]?.thing_id} is larger than a message of NATS can be.`);
      return;
    }
    this.changes += items.length;
    this.bytes += bytes;
    if (this.changes >= LEASE_CHANGES || this.bytes >= LEASE_BYTES) this.end('credit_used');
  }

  private beat(): void {
    this.send({ items: [], next_token: this.reached, has_more: false, end: null });
  }

  private send(message: Omit<FollowedChanges, 'lease' | 'since'>): number | undefined {
    try {
      const bytes = this.parts.send({ lease: this.lease, since: this.announced, ...message });
      if (bytes === undefined) return undefined;
      this.announced = message.next_token;
      this.reached = message.next_token;
      this.sentAt = performance.now();
      return bytes;
    } catch {
      // Disconnected from NATS.
      this.drop();
      return 0;
    }
  }

  private finish(end: { code: string; message: string }): void {
    if (this.isEnded) return;
    this.send({ items: [], next_token: this.reached, has_more: false, end });
    this.drop();
  }

  private async onFailure(error: unknown): Promise<void> {
    if (this.isEnded) return;
    // Its rights changed.
    if (this.reading.signal.aborted) return;
    const { kind, code, message } = error as Partial<DomainError>;
    if (isRefusal(error)) this.end('revoked');
    else if (code === 'reply_too_large') this.readLess(message ?? code);
    else if (kind !== undefined && TRANSIENT.has(kind)) await this.pause(PAUSE_MS);
    else
      this.finish({ code: code ?? 'internal_error', message: kind ? (message ?? '') : 'An internal error occurred.' });
  }

  private readLess(message: string): void {
    if (this.limit === 1) this.finish({ code: 'reply_too_large', message });
    this.limit = Math.max(1, Math.floor(Math.min(this.limit, LEASE_CHANGES) / 2));
  }

  private async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([passed, this.ended.promise]);
    clearTimeout(timer);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DomainError && NO_LONGER_ALLOWED.has(error.kind);
}

function rightsOf({ workspaceId, scopes, listIds, role, ownOnly }: Principal): string {
  return JSON.stringify([workspaceId, scopes, listIds, role, ownOnly]);
}
