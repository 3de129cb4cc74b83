// Verdicts on access tokens in a workspace, believed for some seconds.
import type { Principal } from '@mono/contract';
import { Recognised } from './recognised.js';
import { Remembered, type DroppedListener } from './remembered.js';

export class RememberedUsers {
  private readonly byToken = new Remembered<Principal>();
  private readonly recognised = new Recognised();

  /** @param workspace `X-Workspace`, as sent. */
  recall(token: string, workspace: string | undefined): Principal | undefined {
    return this.byToken.recall(nameOf(token, workspace));
  }

  /** Asks, and remembers the answer unless something was forgotten meanwhile. */
  learn(token: string, workspace: string | undefined, ask: () => Promise<Principal>): Promise<Principal> {
    return this.byToken.learn(nameOf(token, workspace), async () => {
      const principal = await this.recognised.whileAsking(sessionOf(token), ask, endOf(token) <= Date.now());
      return { value: principal, subject: principal.id, endsAt: endOf(token) };
    });
  }

  /**
   * Whether a token of its session was valid when one was last looked up. The next token of a session is no guess, and an
   * expired one gets its 401, by which clients know that they must refresh.
   */
  recognises(token: string): boolean {
    return this.recognised.has(sessionOf(token));
  }

  /** After a change of the user, or a sign-out. */
  forget(userId: string): void {
    this.byToken.forget(userId);
  }

  /** After a change of what members read. */
  forgetIn(workspaceId: string): void {
    this.byToken.forgetWhere((principal) => principal.workspaceId === workspaceId);
  }

  clear(): void {
    this.byToken.clear();
  }

  onDropped(listener: DroppedListener): () => void {
    return this.byToken.onDropped(listener);
  }
}

function nameOf(token: string, workspace: string | undefined): string {
  return `${workspace ?? ''} ${token}`;
}

/** In milliseconds since 1970; 0 for a token without `exp`. */
export function endOf(token: string): number {
  const { exp } = claimsOf(token);
  return typeof exp === 'number' ? exp * 1_000 : 0;
}

/** The session, or the token itself where it names no session. */
function sessionOf(token: string): string {
  const { sid } = claimsOf(token);
  return typeof sid === 'string' ? sid : token;
}

/** The claims of a token, unverified. */
function claimsOf(token: string): { exp?: unknown; sid?: unknown } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
