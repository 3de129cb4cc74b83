// The mails about an account, by event.
import { isIP } from 'node:net';
import type { InviteEvent, UserEvent } from '@mono/auth/contract';
import { templates, type Content, type LinkData, type LinkedProvider, type Notice } from '../templates/index.js';
import type { People } from './people.js';

/** The fields of an event of auth that mails use. */
export type AccountEvent = Pick<
  UserEvent,
  'id' | 'aggregate_id' | 'occurred_at' | 'request_id' | 'source' | 'token_id' | 'new_device' | 'provider'
> & { event: UserEvent['event'] | InviteEvent['event'] };

/** A mail without its id. */
export interface Written extends Content {
  to: string;
  /** The link in it, if it is a credential. */
  link?: string;
  /** The link that turns this kind of mail off. */
  unsubscribe?: string;
}

/** @returns undefined if there is nothing to send, or no longer. */
export type Write<Event> = (event: Event, people: People) => Promise<Written | undefined>;

type LinkTemplate = (data: LinkData) => Content;
type NoticeTemplate = (data: Notice & { ipAddress?: string }) => Content;

/** By event. */
export const ACCOUNT_MAILS = {
  email_verification_requested: withLink(templates.verify_email),
  sign_up_repeated: withLink(templates.sign_up_repeated),
  password_reset_requested: withLink(templates.reset_password),
  email_change_requested: withLink(templates.change_email),
  email_changed: toAddress(templates.email_changed),
  identity_linked: toAddress(templates.identity_linked),
  identity_unlinked: toAddress(templates.identity_unlinked),
  account_deleted: toAddress(templates.account_deleted),
  password_changed: toUser(templates.password_changed),
  password_reset: toUser(templates.password_changed),
  signed_in: newSignIn,
  invite_created: invite,
  invite_renewed: invite,
} satisfies Partial<Record<AccountEvent['event'], Write<AccountEvent>>>;

/** A used or expired link makes the mail pointless. */
function withLink(template: LinkTemplate): Write<AccountEvent> {
  return async ({ token_id = '' }, people) => {
    const known = await people.link(token_id);
    if (!known?.url) return undefined;
    const { address, name, timezone, url, expires_at } = known;
    const data = { name: name ?? '', link: url, expiresAt: expires_at, timeZone: timezone };
    return { to: address, link: url, ...template(data) };
  };
}

/** To the address that the token names, which may no longer be the user's. Without a token there is no recipient. */
function toAddress(template: (data: LinkedProvider) => Content): Write<AccountEvent> {
  return async ({ token_id, occurred_at, provider = '' }, people) => {
    const known = token_id === undefined ? undefined : await people.link(token_id);
    if (!known) return undefined;
    const { address, name, timezone } = known;
    return { to: address, ...template({ name: name ?? '', at: occurred_at, timeZone: timezone, provider }) };
  };
}

function toUser(template: NoticeTemplate): Write<AccountEvent> {
  return async ({ aggregate_id, occurred_at, source }, people) => {
    const known = await people.recipient(aggregate_id);
    if (!known) return undefined;
    const data = { name: known.name ?? '', at: occurred_at, timeZone: known.timezone };
    return { to: known.address, ...template(isIP(source) ? { ...data, ipAddress: source } : data) };
  };
}

async function newSignIn(event: AccountEvent, people: People): Promise<Written | undefined> {
  return event.new_device ? toUser(templates.new_sign_in)(event, people) : undefined;
}

async function invite({ token_id = '' }: AccountEvent, people: People): Promise<Written | undefined> {
  const known = await people.link(token_id);
  if (!known?.url || !known.invite) return undefined;
  const { address, name, timezone, url, expires_at } = known;
  const { workspace, invited_by } = known.invite;
  const content = templates.invite({
    name: name ?? '',
    link: url,
    expiresAt: expires_at,
    timeZone: timezone,
    inviterName: invited_by ?? 'Somebody',
    workspaceName: workspace,
  });
  return { to: address, link: url, ...content };
}
