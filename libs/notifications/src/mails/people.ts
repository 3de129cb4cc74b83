// Whom mails go to, and the links in them: asked of auth when the mail is sent, and never kept.
import type { Bus, CallOptions } from '@mono/bus';
import { DomainError } from '@mono/contract';
import { membersOperations, usersOperations, type Contact, type EmailLink } from '@mono/auth/contract';

export class People {
  constructor(
    private readonly bus: Pick<Bus, 'request'>,
    private readonly options: Pick<CallOptions, 'requestId' | 'signal'> = {},
  ) {}

  /** @returns undefined where auth knows no such token, or not any more. @throws DomainError `unavailable` and the like. */
  link(tokenId: string): Promise<EmailLink | undefined> {
    return known(this.bus.request(usersOperations.emailLink, { token_id: tokenId }, this.options));
  }

  /** @returns undefined where there is no such user, or not any more. @throws DomainError `unavailable` and the like. */
  contact(userId: string): Promise<Contact | undefined> {
    return known(this.bus.request(usersOperations.contact, { user_id: userId }, this.options));
  }

  /** @returns undefined where the user is not, or no longer, in the workspace. @throws as contact(). */
  async member(workspaceId: string, userId: string): Promise<Contact | undefined> {
    const asked = { workspace_id: workspaceId, user_ids: [userId] };
    const { user_ids: members } = await this.bus.request(membersOperations.membersAmong, asked, this.options);
    return members.includes(userId) ? this.contact(userId) : undefined;
  }
}

const ABOUT_IDS = new Set(['email_token_not_found', 'user_not_found']);

/** That nobody answers, or does not know the method yet, is no answer. */
async function known<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DomainError && ABOUT_IDS.has(error.code)) return undefined;
    throw error;
  }
}
