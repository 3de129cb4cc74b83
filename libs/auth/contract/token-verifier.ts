// Verdicts on access tokens, asked over the bus and believed for some seconds.
import { clientOf, type Principal, type Requester } from '@mono/contract';
import { endOf, type RememberedUsers } from './remembered-users.js';
import { MAX_WORKSPACE_CHARACTERS, usersOperations, type UsersClient } from './users.operations.js';

export class TokenVerifier {
  private readonly users: UsersClient;

  constructor(
    bus: Requester,
    private readonly remembered: RememberedUsers,
  ) {
    this.users = clientOf(bus, usersOperations);
  }

  /**
   * @param workspace `X-Workspace`; without it the user's first workspace.
   * @throws DomainError `unauthorized`; `workspace_not_found` for a workspace without this user.
   */
  async verify(token: string, workspace: string | undefined): Promise<Principal> {
    const named = workspace === undefined ? {} : { workspace: workspace.slice(0, MAX_WORKSPACE_CHARACTERS) };
    return (
      this.remembered.recall(token, workspace) ??
      this.remembered.learn(token, workspace, () => this.users.verifyToken({ token, ...named }))
    );
  }

  /** The end of a token that was just verified, in milliseconds since 1970. */
  expiryOf(token: string): number {
    return endOf(token);
  }

  /** Whether a token of its session was valid when one was last looked up here. From memory, no proof. */
  recognises(token: string): boolean {
    return this.remembered.recognises(token);
  }
}
