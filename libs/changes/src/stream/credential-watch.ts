// Verifies the credentials of open streams again: when they may have changed, when they expire, and now and then.
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DomainError, UnavailableError, type Principal } from '@mono/contract';
import { Authenticator, type Credentials } from '@mono/platform';
import type { EndReason } from './event-stream.js';
import { inParallel } from './in-parallel.js';

const TICK_MS = 1_000;
/** In case that the message about a change was lost. */
const VERIFY_EVERY_MS = 30_000;
const RETRY_MS = 2_000;
/** How long a credential is trusted that cannot be verified. */
const TRUSTED_MS = 60_000;
const CONCURRENCY = 32;

const CHANGED: EndReason = {
  code: 'access_changed',
  message: 'The rights of the credential have changed. Connect again.',
};

export interface Watched {
  end(reason: EndReason): void;
}

interface Entry {
  key: string;
  credentials: Credentials;
  principal: Principal;
  streams: Set<Watched>;
  /** By performance.now(). */
  verifiedAt: number;
  verifyAt: number;
}

@Injectable()
export class CredentialWatch implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private readonly byPrincipal = new Map<string, Set<Entry>>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly authenticator: Authenticator) {}

  onModuleInit(): void {
    this.unsubscribe = this.authenticator.onDropped((id) => void this.verifyAgain(id));
    this.timer = setInterval(() => void this.verifyDue(), TICK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.unsubscribe?.();
  }

  /** @throws DomainError if the credential has changed since it was authenticated. */
  async add(stream: Watched, credentials: Credentials, principal: Principal): Promise<void> {
    const key = keyOf(credentials);
    const entry = this.entries.get(key) ?? this.create(key, credentials, principal);
    if (!hasSameRights(entry.principal, principal)) {
      endAll(entry, CHANGED);
      entry.principal = principal;
    }
    entry.streams.add(stream);
    // From memory, unless it has been dropped meanwhile.
    const reason = await this.faultOf(entry);
    if (!reason) return;
    this.removeFrom(entry, stream);
    throw reason instanceof DomainError ? reason : new UnavailableError(reason.message);
  }

  remove(stream: Watched, credentials: Credentials): void {
    const entry = this.entries.get(keyOf(credentials));
    if (entry) this.removeFrom(entry, stream);
  }

  private async verifyAgain(id: string | undefined): Promise<void> {
    const entries = id === undefined ? this.entries.values() : (this.byPrincipal.get(id) ?? []);
    await inParallel([...entries], CONCURRENCY, (entry) => this.verify(entry));
  }

  private async verifyDue(): Promise<void> {
    const now = performance.now();
    const due = [...this.entries.values()].filter(({ verifyAt }) => verifyAt <= now);
    // The next round does not verify them again meanwhile.
    for (const entry of due) entry.verifyAt = now + VERIFY_EVERY_MS;
    await inParallel(due, CONCURRENCY, (entry) => this.verify(entry));
  }

  private async verify(entry: Entry): Promise<void> {
    const reason = await this.faultOf(entry);
    if (reason) endAll(entry, reason);
  }

  private async faultOf(entry: Entry): Promise<EndReason | undefined> {
    try {
      const principal = await this.authenticator.authenticate(entry.credentials);
      if (!hasSameRights(principal, entry.principal)) return CHANGED;
      entry.verifiedAt = performance.now();
      this.schedule(entry);
      return undefined;
    } catch (error) {
      if (error instanceof DomainError && REFUSALS.has(error.kind)) return error;
      const now = performance.now();
      entry.verifyAt = now + RETRY_MS;
      if (now - entry.verifiedAt < TRUSTED_MS) return undefined;
      return new UnavailableError('The credential cannot be verified at present.');
    }
  }

  private create(key: string, credentials: Credentials, principal: Principal): Entry {
    const now = performance.now();
    const entry = { key, credentials, principal, streams: new Set<Watched>(), verifiedAt: now, verifyAt: now };
    this.schedule(entry);
    this.entries.set(key, entry);
    const own = this.byPrincipal.get(principal.id) ?? new Set();
    this.byPrincipal.set(principal.id, own.add(entry));
    return entry;
  }

  private removeFrom(entry: Entry, stream: Watched): void {
    entry.streams.delete(stream);
    if (entry.streams.size > 0) return;
    const { key, principal } = entry;
    if (this.entries.get(key) === entry) this.entries.delete(key);
    const own = this.byPrincipal.get(principal.id);
    own?.delete(entry);
    if (own?.size === 0) this.byPrincipal.delete(principal.id);
  }

  private schedule(entry: Entry): void {
    const expiresAt = this.authenticator.expiryOf(entry.credentials) ?? Number.POSITIVE_INFINITY;
    entry.verifyAt = performance.now() + Math.min(VERIFY_EVERY_MS, Math.max(0, expiresAt - Date.now()));
  }
}

const REFUSALS: ReadonlySet<string> = new Set<DomainError['kind']>(['unauthorized', 'forbidden', 'not_found']);

function keyOf({ authorization, workspace, address }: Credentials): string {
  return JSON.stringify([authorization, workspace, address]);
}

function endAll({ streams }: Entry, { code, message }: EndReason): void {
  for (const stream of streams) stream.end({ code, message });
}

/** A caller whose rights differ sees other changes. */
function hasSameRights(one: Principal, other: Principal): boolean {
  return rightsOf(one) === rightsOf(other);
}

function rightsOf({ kind, id, workspaceId, role, scopes, listIds, ownOnly }: Principal): string {
  return JSON.stringify([kind, id, workspaceId, role, scopes.toSorted(), listIds?.toSorted(), ownOnly]);
}
