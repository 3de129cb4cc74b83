// Mails that only tell what has happened to an account. There is nothing to follow: who knows nothing of it sets a new
// password where they sign in, which signs everybody out.
import { layout, type Content } from './layout.js';
import { timeText } from './time.js';
import { oneLine } from './words.js';

export interface Notice {
  /** Empty when not known. */
  name: string;
  /** When it happened: an instant (RFC 3339). */
  at: string;
  timeZone: string;
}

const SECURE =
  'If it was not you, set a new password now, by “forgot password” where you sign in: that signs everybody out.';
const TOO_LATE = 'If it was not you, tell those who run this service.';

export interface NewSignIn extends Notice {
  /** What is known of it: `Firefox on Linux`. */
  device?: string | undefined;
  ipAddress?: string | undefined;
}

/** To whose account was opened from somewhere new. */
export function newSignIn({ name, at, timeZone, device = '', ipAddress = '' }: NewSignIn): Content {
  const facts = [oneLine(device), ipAddress && `address ${oneLine(ipAddress)}`].filter(Boolean);
  const known = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return notice('New sign-in to your account', name, [
    `Somebody signed in to your account from a new device${known} on ${timeText(at, timeZone)}.`,
    'If it was you, there is nothing to do.',
    SECURE,
  ]);
}

/** To whose password is another one now. */
export function passwordChanged({ name, at, timeZone }: Notice): Content {
  return notice('Your password has changed', name, [
    `The password of your account was changed on ${timeText(at, timeZone)}.`,
    'If it was you, there is nothing to do.',
    SECURE,
  ]);
}

/** To the former address, whose owner may not be who changed it. */
export function emailChanged({ name, at, timeZone }: Notice): Content {
  return notice('Your email address has changed', name, [
    `On ${timeText(at, timeZone)} your account got another email address. This one does not count any more.`,
    'If it was you, there is nothing to do.',
    TOO_LATE,
  ]);
}

/** To whose account is gone. */
export function accountDeleted({ name, at, timeZone }: Notice): Content {
  return notice('Your account is deleted', name, [
    `Your account was deleted on ${timeText(at, timeZone)}, as you asked. This is the last mail about it.`,
    TOO_LATE,
  ]);
}

function notice(subject: string, name: string, before: readonly string[]): Content {
  return layout({ subject, name, before, after: [] });
}
