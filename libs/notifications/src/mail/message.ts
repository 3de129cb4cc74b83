// One mail as the message that goes out. All that is put into a header is checked here, so that no header can be made by
// what people call themselves or their tasks.
import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import { domainOf, isAddress, type Sender } from './address.js';
import { MailError, type Mail } from './mailer.js';

const EVENT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const HASH_CHARACTERS = 16;

/** @throws MailError, permanent, for what cannot be sent to anybody. */
export function messageOf(mail: Mail, from: Sender): SendMailOptions {
  check(mail);
  return {
    from,
    to: { name: '', address: mail.to },
    // Not left to the header: the envelope holds the one address, whatever a parser would make of it.
    envelope: { from: from.address, to: mail.to },
    messageId: `<${nameOf(mail)}@${domainOf(from.address)}>`,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // RFC 3834: no out-of-office replies, please.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** One per event and recipient, also when it is sent again: what a server or a person tells a repetition by. */
export function nameOf({ id, to }: Mail): string {
  const recipient = createHash('sha256').update(to.toLowerCase()).digest('hex').slice(0, HASH_CHARACTERS);
  return `${id}.${recipient}`;
}

function check(mail: Mail): void {
  if (!EVENT_ID.test(mail.id)) throw new MailError('The mail has no valid event id.', false);
  if (!isAddress(mail.to)) throw new MailError('The recipient is not a valid address.', false);
  if (/[\p{Cc}\u2028\u2029]/u.test(mail.subject)) {
    throw new MailError('The subject holds line breaks or control characters.', false);
  }
}
