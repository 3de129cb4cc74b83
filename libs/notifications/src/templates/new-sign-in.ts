import { layout, type Content } from './layout.js';
import { timeText } from './time.js';
import { oneLine } from './words.js';

export interface NewSignIn {
  name: string;
  /** An instant (RFC 3339). */
  at: string;
  timeZone: string;
  /** What is known of it: `Firefox on Linux`. */
  device?: string | undefined;
  ipAddress?: string | undefined;
  /** Where the account can be secured. */
  link: string;
}

/** To whose account was opened from somewhere new. */
export function newSignIn({ name, at, timeZone, device = '', ipAddress = '', link }: NewSignIn): Content {
  const facts = [oneLine(device), ipAddress && `address ${oneLine(ipAddress)}`].filter(Boolean);
  const known = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return layout({
    subject: 'New sign-in to your account',
    name,
    before: [
      `Somebody signed in to your account from a new device${known} on ${timeText(at, timeZone)}.`,
      'If it was you, there is nothing to do.',
    ],
    action: { label: 'It was not me: secure my account', link },
    after: [],
  });
}
