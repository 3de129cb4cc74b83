// Mails: their recipients and links, for the module that sends them.
import { Controller } from '@nestjs/common';
import type { InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { usersOperations, type Contact, type EmailLink } from '../../contract/index.js';
import { EmailLinks } from './email-links.js';

@Controller()
export class EmailLinksController {
  constructor(private readonly links: EmailLinks) {}

  @Operation(usersOperations.emailLink)
  emailLink({ token_id }: InputOf<typeof usersOperations.emailLink>): Promise<EmailLink> {
    return this.links.describe(token_id);
  }

  @Operation(usersOperations.contact)
  contact({ user_id }: InputOf<typeof usersOperations.contact>): Promise<Contact> {
    return this.links.contact(user_id);
  }
}
