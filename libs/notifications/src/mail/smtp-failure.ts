// What a failed delivery means: is this mail refused for good, or did it only not get through?
import type { NodemailerError } from 'nodemailer';
import { MailError } from './mailer.js';
import type { SmtpServer } from './smtp-url.js';

type Failure = Partial<Pick<NodemailerError, 'code' | 'command' | 'response' | 'responseCode'>>;

/** Sign in first, no mechanism, wrong password, encrypt first: about us, whichever command is answered so. */
const ABOUT_SIGNING_IN = new Set([530, 534, 535, 538]);
/** The session was in the wrong state; another one may not be. */
const BAD_SEQUENCE = 503;
const MAX_RESPONSE = 500;

const WORDS: Readonly<Record<string, string>> = {
  ECONNECTION: 'The connection to the mail server broke.',
  ESOCKET: 'The mail server cannot be reached.',
  EDNS: 'The mail server’s name cannot be resolved.',
  ETIMEDOUT: 'The mail server did not answer in time.',
  ETLS: 'The mail server offers no connection that can be trusted.',
  EAUTH: 'The mail server does not accept the credentials.',
};

/**
 * Only a 5xx reply to the recipient or to the message itself is for good. All else is about the server or this
 * configuration (greeting, TLS, signing in, sender), which somebody can mend while the mail waits.
 */
export function mailErrorOf(error: unknown, { credentials }: SmtpServer): MailError {
  const { code = '', command, response: text, responseCode } = (error ?? {}) as Failure;
  const response = text === undefined ? undefined : withoutSecrets(oneLine(text), credentials);
  if (isRefusal(command, responseCode)) {
    return new MailError(`The mail server refuses the mail: ${response}`, false, response);
  }
  const words = WORDS[code] ?? 'The mail server did not take the mail.';
  return new MailError(response === undefined ? words : `${words} It said: ${response}`, true, response);
}

function isRefusal(command: string | undefined, reply = 0): boolean {
  if (command !== 'RCPT TO' && command !== 'DATA') return false;
  return reply >= 500 && reply < 600 && reply !== BAD_SEQUENCE && !ABOUT_SIGNING_IN.has(reply);
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toWellFormed();
}

/** A server may repeat what it was told, also as it was told it: in base64. */
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
