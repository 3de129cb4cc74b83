// Verdicts on personal access tokens in a workspace, asked over the bus and believed for some seconds.
import { DomainError, type Principal, type Requester } from '@mono/contract';
import type { ApiKeyCredential } from './api-key.js';
import { parsePersonalToken } from './personal-token.js';
import { personalTokensOperations } from './personal-tokens.operations.js';
import { Recognised } from './recognised.js';
import { Remembered, type DroppedListener } from './remembered.js';
import { MAX_WORKSPACE_CHARACTERS } from './users.operations.js';

interface Verdict {
  principal: Principal;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

/** Verdicts of this node. */
export class RememberedPersonalTokens {
  readonly verdicts = new Remembered<Verdict>();
  readonly recognised = new Recognised();

  /** After a change of the user, or of a token. */
  forget(userId: string): void {
    this.verdicts.forget(userId);
  }

  /** After a change of what members read. */
  forgetIn(workspaceId: string): void {
    this.verdicts.forgetWhere(({ principal }) => principal.workspaceId === workspaceId);
  }

  clear(): void {
    this.verdicts.clear();
  }

  onDropped(listener: DroppedListener): () => void {
    return this.verdicts.onDropped(listener);
  }
}

export class PersonalTokenVerifier {
  constructor(
    private readonly bus: Requester,
    private readonly remembered: RememberedPersonalTokens,
  ) {}

  /**
   * @param text the credential as sent, without `Bearer`.
   * @param workspace `X-Workspace`; without it the workspace of the token, or the user's first one.
   * @throws DomainError `unauthorized` for anything but a valid token; `workspace_not_found` for a workspace without this user.
   */
  async verify(text: string, workspace: string | undefined): Promise<Principal> {
    const token = parsePersonalToken(text);
    if (!token) throw invalidPersonalToken();
    const { verdicts, recognised } = this.remembered;
    const name = nameOf(token, workspace);
    const known = verdicts.recall(name);
    if (known) return known.principal;
    const { principal } = await verdicts.learn(name, async () => {
      const value = await recognised.whileAsking(markOf(token), () => this.ask(token, workspace));
      return { value, subject: value.principal.id, endsAt: value.expiresAt };
    });
    return principal;
  }

  /** Whether the token was valid when it was last looked up here. From memory, no proof. */
  recognises(text: string): boolean {
    const token = parsePersonalToken(text);
    return token !== undefined && this.remembered.recognised.has(markOf(token));
  }

  /** From memory: the end of a token that was just verified, in milliseconds since 1970. */
  expiryOf(text: string, workspace: string | undefined): number | undefined {
    const token = parsePersonalToken(text);
    return token && this.remembered.verdicts.recall(nameOf(token, workspace))?.expiresAt;
  }

  private async ask(
    { environment, shortId, secretHash }: ApiKeyCredential,
    workspace: string | undefined,
  ): Promise<Verdict> {
    const { principal, expires_at } = await this.bus.request(personalTokensOperations.verifyPersonalToken, {
      environment,
      short_id: shortId,
      secret_hash: secretHash.toString('base64url'),
      ...(workspace === undefined ? {} : { workspace: workspace.slice(0, MAX_WORKSPACE_CHARACTERS) }),
    });
    return { principal, expiresAt: expires_at };
  }
}

/** The same message for every invalid token. */
export function invalidPersonalToken(): DomainError {
  const message = 'The personal access token is invalid, revoked or expired: create one by POST /v1/me/tokens.';
  return new DomainError('unauthorized', 'unauthorized', message);
}

/** The hash, so that the time of a comparison depends on no secret. */
function markOf({ environment, secretHash }: ApiKeyCredential): string {
  return `${environment} ${secretHash.toString('base64')}`;
}

function nameOf(token: ApiKeyCredential, workspace: string | undefined): string {
  return `${workspace ?? ''} ${token.shortId} ${markOf(token)}`;
}
