// Builds the message of a mail. All header values are checked here, so that names of people and tasks cannot inject a header.
import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import { domainOf, isAddress, type Sender } from './address.js';
import { MailError, type Mail } from './mailer.js';

const EVENT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const HASH_CHARACTERS = 16;

/** @throws MailError (permanent) for an invalid recipient, subject or event id. */
export function messageOf(mail: Mail, from: Sender): SendMailOptions {
  check(mail);
  return {
    from,
    to: { name: '', address: mail.to },
    // Explicit, so that the envelope does not depend on how a parser reads the header.
    envelope: { from: from.address, to: mail.to },
    messageId: `<${nameOf(mail)}@${domainOf(from.address)}>`,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // RFC 3834: suppresses out-of-office replies.
    headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribeHeaders(mail) },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The same for each send of an event to a recipient, so that servers and readers recognise duplicates. */
export function nameOf({ id, to }: Mail): string {
  const recipient = createHash('sha256').update(to.toLowerCase()).digest('hex').slice(0, HASH_CHARACTERS);
  return `${id}.${recipient}`;
}

/** RFC 2369 and RFC 8058. */
function unsubscribeHeaders({ unsubscribe }: Mail): Record<string, string> {
  if (unsubscribe === undefined) return {};
  return { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

function check(mail: Mail): void {
  if (!EVENT_ID.test(mail.id)) throw new MailError('The event id is invalid.', false);
  if (!isAddress(mail.to)) throw new MailError('The address of the recipient is invalid.', false);
  if (/[\p{Cc}\u2028\u2029]/u.test(mail.subject)) {
    throw new MailError('The subject contains line breaks or control characters.', false);
  }
  if (mail.unsubscribe !== undefined && /[^\x21-\x7e]|[<>]/.test(mail.unsubscribe)) {
    throw new MailError('The unsubscribe link is invalid.', false);
  }
}
