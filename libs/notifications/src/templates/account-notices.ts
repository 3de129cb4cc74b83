// Notices about an account. They contain no link, so that nobody learns to follow the links of forged copies.
import { layout, type Content } from './layout.js';
import { timeText } from './time.js';
import { oneLine } from './sanitize.js';

export interface Notice {
  /** Empty if unknown. */
  name: string;
  /** When it happened: an instant (RFC 3339). */
  at: string;
  timeZone: string;
}

const SECURE =
  'If this wasn’t you, reset your password now (“Forgot password” on the sign-in page). This ends all sessions.';
const TOO_LATE = 'If this wasn’t you, contact the administrator of this service.';

export interface NewSignIn extends Notice {
  /** `Firefox on Linux`. */
  device?: string | undefined;
  ipAddress?: string | undefined;
}

export function newSignIn({ name, at, timeZone, device = '', ipAddress = '' }: NewSignIn): Content {
  const facts = [oneLine(device), ipAddress && `address ${oneLine(ipAddress)}`].filter(Boolean);
  const known = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return notice('New sign-in to your account', name, [
    `Your account was used to sign in from a new device${known} on ${timeText(at, timeZone)}.`,
    'If this was you, no action is needed.',
    SECURE,
  ]);
}

export function passwordChanged({ name, at, timeZone }: Notice): Content {
  return notice('Your password was changed', name, [
    `The password of your account was changed on ${timeText(at, timeZone)}.`,
    'If this was you, no action is needed.',
    SECURE,
  ]);
}

/** To the previous address: its owner may not have made the change. */
export function emailChanged({ name, at, timeZone }: Notice): Content {
  return notice('Your email address was changed', name, [
    `The email address of your account was changed on ${timeText(at, timeZone)}. This address is no longer used.`,
    'If this was you, no action is needed.',
    TOO_LATE,
  ]);
}

const DISPLAY_NAMES: Readonly<Record<string, string>> = { google: 'Google', github: 'GitHub', oidc: 'OpenID Connect' };

function displayName(provider: string): string {
  return DISPLAY_NAMES[provider] ?? oneLine(provider);
}

export interface LinkedProvider extends Notice {
  /** As auth calls it: `google`. */
  provider: string;
}

export function identityLinked({ name, at, timeZone, provider }: LinkedProvider): Content {
  return notice('New sign-in method added', name, [
    `Sign-in with ${displayName(provider)} was added to your account on ${timeText(at, timeZone)}.`,
    'If this was you, no action is needed.',
    SECURE,
  ]);
}

export function identityUnlinked({ name, at, timeZone, provider }: LinkedProvider): Content {
  return notice('Sign-in method removed', name, [
    `Sign-in with ${displayName(provider)} was removed from your account on ${timeText(at, timeZone)}.`,
    'If this was you, no action is needed.',
    SECURE,
  ]);
}

export function accountDeleted({ name, at, timeZone }: Notice): Content {
  return notice('Your account was deleted', name, [
    `Your account was deleted on ${timeText(at, timeZone)}. You will receive no further mails.`,
    'If you did not expect this, contact the administrator of this service.',
  ]);
}

function notice(subject: string, name: string, before: readonly string[]): Content {
  return layout({ subject, name, before, after: [] });
}
