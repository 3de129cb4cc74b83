import { layout, type Content } from './layout.js';
import { timeText } from './time.js';

export interface VerifyEmail {
  name: string;
  link: string;
  /** An instant (RFC 3339). */
  expiresAt: string;
  timeZone: string;
}

/** To who has just signed up. */
export function verifyEmail({ name, link, expiresAt, timeZone }: VerifyEmail): Content {
  return layout({
    subject: 'Confirm your email address',
    name,
    before: ['Welcome! Please confirm that this is your email address.'],
    action: { label: 'Confirm my address', link },
    after: [
      `The link works once, until ${timeText(expiresAt, timeZone)}.`,
      'If you did not sign up, just ignore this mail.',
    ],
  });
}
