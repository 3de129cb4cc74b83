// Seals the caller for other nodes: JSON of the host's shape, bound to the subject and a short time by HMAC-SHA-256, so that
// only nodes can create it.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Defined by the host; the bus only distinguishes modules. */
export interface Principal {
  readonly kind: string;
  readonly id: string;
}

const LIFETIME_MS = 30_000;
/** A seal is reused for this long: a signature per call would cost as much as the call. */
const REUSE_MS = 10_000;
/** The tolerated difference between clocks of nodes. */
const SKEW_MS = 5_000;
const CACHE_SIZE = 10_000;

interface Sealed {
  text: string;
  reuseUntil: number;
}

export class PrincipalSeal {
  private readonly sealed = new WeakMap<Principal, Map<string, Sealed>>();
  private readonly opened = new Map<string, { subject: string; principal: Principal; until: number }>();

  /** @param secrets the current one first. Seals with the others are still accepted. */
  constructor(private readonly secrets: readonly string[]) {
    if (secrets.length === 0 || secrets.some((secret) => secret.length < 16)) {
      throw new TypeError('Invalid secrets: expected at least one, each with 16 or more characters.');
    }
  }

  seal(subject: string, principal: Principal): string {
    let bySubject = this.sealed.get(principal);
    if (!bySubject) this.sealed.set(principal, (bySubject = new Map()));
    const now = Date.now();
    const known = bySubject.get(subject);
    if (known && known.reuseUntil > now) return known.text;
    const body = `${Buffer.from(JSON.stringify(principal)).toString('base64url')}.${now + LIFETIME_MS}`;
    const text = `${body}.${sign(this.secrets[0] ?? '', subject, body)}`;
    bySubject.set(subject, { text, reuseUntil: now + REUSE_MS });
    return text;
  }

  /** @returns undefined for an invalid or expired seal, or one for another subject. */
  open(subject: string, text: string): Principal | undefined {
    const now = Date.now();
    const known = this.opened.get(text);
    if (known?.subject === subject) return known.until > now ? known.principal : undefined;
    const [encoded = '', expiry = '', signature = '', ...more] = text.split('.');
    const until = Number(expiry);
    if (more.length > 0 || !(until > now - SKEW_MS) || until > now + LIFETIME_MS + SKEW_MS) return undefined;
    const body = `${encoded}.${expiry}`;
    if (!this.secrets.some((secret) => same(sign(secret, subject, body), signature))) return undefined;
    const principal = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Principal;
    if (this.opened.size >= CACHE_SIZE) this.opened.clear();
    this.opened.set(text, { subject, principal, until: until + SKEW_MS });
    return principal;
  }
}

function sign(secret: string, subject: string, body: string): string {
  return createHmac('sha256', secret).update(`${subject}\n${body}`).digest('base64url');
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
