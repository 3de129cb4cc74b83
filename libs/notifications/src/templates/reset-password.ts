import { layout, type Content } from './layout.js';
import { timeText } from './time.js';

export interface ResetPassword {
  name: string;
  link: string;
  /** An instant (RFC 3339). */
  expiresAt: string;
  timeZone: string;
}

/** To whose password somebody wants to reset. */
export function resetPassword({ name, link, expiresAt, timeZone }: ResetPassword): Content {
  return layout({
    subject: 'Reset your password',
    name,
    before: ['Somebody, hopefully you, asked to reset your password.'],
    action: { label: 'Choose a new password', link },
    after: [
      `The link works once, until ${timeText(expiresAt, timeZone)}.`,
      'If it was not you, ignore this mail: your password stays as it is.',
    ],
  });
}
