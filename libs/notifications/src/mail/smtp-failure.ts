// Classifies a failed delivery as permanent or transient.
import type { NodemailerError } from 'nodemailer';
import { MailError } from './mailer.js';
import type { SmtpServer } from './smtp-url.js';

type Failure = Partial<Pick<NodemailerError, 'code' | 'command' | 'response' | 'responseCode'>>;

/** Authentication or encryption is required or failed: a fault of the configuration, whichever command gets the reply. */
const AUTHENTICATION_REPLIES = new Set([530, 534, 535, 538]);
/** The session was in the wrong state; a new session may succeed. */
const BAD_SEQUENCE = 503;
const MAX_RESPONSE = 500;

const MESSAGES: Readonly<Record<string, string>> = {
  ECONNECTION: 'The connection to the mail server was lost.',
  ESOCKET: 'The mail server cannot be reached.',
  EDNS: 'The mail server’s name cannot be resolved.',
  ETIMEDOUT: 'The mail server did not answer in time.',
  ETLS: 'The TLS handshake with the mail server failed.',
  EAUTH: 'The mail server rejected the credentials.',
};

/**
 * Only a 5xx reply to the recipient or to the message is permanent. Other failures concern the server or the configuration
 * (greeting, TLS, authentication, sender), which the operator can fix while the mail waits.
 */
export function mailErrorOf(error: unknown, { credentials }: SmtpServer): MailError {
  const { code = '', command, response: text, responseCode } = (error ?? {}) as Failure;
  const response = text === undefined ? undefined : withoutSecrets(oneLine(text), credentials);
  if (isRefusal(command, responseCode)) {
    return new MailError(`The mail server rejected the mail: ${response}`, false, response);
  }
  const words = MESSAGES[code] ?? 'The mail server did not accept the mail.';
  return new MailError(response === undefined ? words : `${words} Its reply: ${response}`, true, response);
}

function isRefusal(command: string | undefined, reply = 0): boolean {
  if (command !== 'RCPT TO' && command !== 'DATA') return false;
  return reply >= 500 && reply < 600 && reply !== BAD_SEQUENCE && !AUTHENTICATION_REPLIES.has(reply);
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toWellFormed();
}

/** A server may quote the credentials, also in base64. */
function withoutSecrets(text: string, credentials: SmtpServer['credentials']): string {
  let safe = text;
  if (credentials) {
    const { user, password } = credentials;
    const secrets = [base64(`\0${user}\0${password}`), base64(password), base64(user), password, user];
    for (const secret of secrets) safe = safe.replaceAll(secret, '[redacted]');
  }
  return safe.slice(0, MAX_RESPONSE);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
