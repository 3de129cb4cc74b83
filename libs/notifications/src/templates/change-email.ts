import { layout, type Content } from './layout.js';
import { timeText } from './time.js';
import { oneLine } from './words.js';

export interface ChangeEmail {
  name: string;
  link: string;
  /** An instant (RFC 3339). */
  expiresAt: string;
  timeZone: string;
}

/** To the new address, which counts only after the link was followed. */
export function changeEmail({ name, link, expiresAt, timeZone }: ChangeEmail): Content {
  return layout({
    subject: 'Confirm your new email address',
    name,
    before: ['You asked to use this address for your account. Please confirm that it is yours.'],
    action: { label: 'Use this address', link },
    after: [
      `The link works once, until ${timeText(expiresAt, timeZone)}. Until you follow it, your former address counts.`,
      'If you did not ask for this, just ignore this mail.',
    ],
  });
}

export interface ChangeEmailNotice {
  name: string;
  newAddress: string;
  /** When the change was asked for: an instant (RFC 3339). */
  requestedAt: string;
  timeZone: string;
  /** Where the account can be secured. */
  link: string;
}

/** To the old address, whose owner may not be who asked. */
export function changeEmailNotice({ name, newAddress, requestedAt, timeZone, link }: ChangeEmailNotice): Content {
  return layout({
    subject: 'Your email address is about to change',
    name,
    before: [
      `On ${timeText(requestedAt, timeZone)} somebody, hopefully you, asked to change the email address of your account to ${oneLine(newAddress)}.`,
      'If it was you, there is nothing to do here: the mail to the new address tells how to go on.',
    ],
    action: { label: 'It was not me: secure my account', link },
    after: [],
  });
}
