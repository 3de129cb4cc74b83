// Recipients and links, requested from auth when a mail is sent and never stored.
import type { Bus, CallOptions } from '@mono/bus';
import { DomainError } from '@mono/contract';
import { membersOperations, usersOperations, type Contact, type EmailLink } from '@mono/auth/contract';

export class People {
  constructor(
    private readonly bus: Pick<Bus, 'request'>,
    private readonly options: Pick<CallOptions, 'requestId' | 'signal'> = {},
  ) {}

  /** @returns undefined for an unknown or expired token. @throws DomainError, such as `unavailable`. */
  link(tokenId: string): Promise<EmailLink | undefined> {
    return known(this.bus.request(usersOperations.emailLink, { token_id: tokenId }, this.options));
  }

  /** @returns undefined for an unknown or deleted user. @throws DomainError, such as `unavailable`. */
  contact(userId: string): Promise<Contact | undefined> {
    return known(this.bus.request(usersOperations.contact, { user_id: userId }, this.options));
  }

  /** @returns undefined for a user who gets no mails: disabled, unknown or deleted. @throws DomainError, such as `unavailable`. */
  async recipient(userId: string): Promise<Contact | undefined> {
    const user = await this.contact(userId);
    return user?.disabled ? undefined : user;
  }

  /** @returns undefined for a user who is disabled, or not a member of the workspace. @throws DomainError, such as `unavailable`. */
  async member(workspaceId: string, userId: string): Promise<Contact | undefined> {
    const request = { workspace_id: workspaceId, user_ids: [userId] };
    const { user_ids: members } = await this.bus.request(membersOperations.membersAmong, request, this.options);
    return members.includes(userId) ? this.recipient(userId) : undefined;
  }
}

const NOT_FOUND = new Set(['email_token_not_found', 'user_not_found']);

/** Only these errors mean that the thing does not exist; a missing node or method is an error. */
async function known<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DomainError && NOT_FOUND.has(error.code)) return undefined;
    throw error;
  }
}
