// Who speaks with an access token in a workspace, believed for some seconds.
import type { Principal } from '@mono/platform';
import { Remembered } from './remembered.js';

export class RememberedUsers {
  private readonly byToken = new Remembered<Principal>();

  /** @param workspace `X-Workspace`, as sent. */
  recall(token: string, workspace: string | undefined): Principal | undefined {
    return this.byToken.recall(nameOf(token, workspace));
  }

  /** Asks, and remembers the answer unless something was forgotten meanwhile. */
  learn(token: string, workspace: string | undefined, ask: () => Promise<Principal>): Promise<Principal> {
    return this.byToken.learn(nameOf(token, workspace), async () => {
      const principal = await ask();
      return { value: principal, subject: principal.id, endsAt: endOf(token) };
    });
  }

  /** Whoever has changed, or has signed out somewhere. */
  forget(userId: string): void {
    this.byToken.forget(userId);
  }

  clear(): void {
    this.byToken.clear();
  }
}

function nameOf(token: string, workspace: string | undefined): string {
  return `${workspace ?? ''} ${token}`;
}

/** `exp` of a token that has been verified, in milliseconds since 1970. */
function endOf(token: string): number {
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  return exp * 1_000;
}
