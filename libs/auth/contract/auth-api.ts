import type { Principal } from '@mono/platform';

/** The module's API. */
export abstract class AuthApi {
  /**
   * Who speaks with this API key, in which workspace and with which rights.
   * @param key the credential as sent, without `Bearer`.
   * @throws DomainError `unauthorized` for anything but a valid key, always with the same message and the same work.
   */
  abstract verify(key: string): Promise<Principal>;
}
