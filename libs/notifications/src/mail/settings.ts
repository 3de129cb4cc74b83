import { choice, integer, text, url, type Setting } from '@mono/platform';
import { senderOf } from './address.js';
import { smtpServerOf } from './smtp-url.js';

export const mailSettings = {
  SMTP_URL: one(
    url(['smtp', 'smtps'], {
      description:
        'The server that mails go through: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS from the start). Without it mails become files in `DATA_DIR/mail` in dev, and stay unsent elsewhere.',
    }),
    (value) => smtpServerOf(value) !== undefined,
  ),
  SMTP_STARTTLS: choice(['required', 'offered'], {
    description:
      'Whether `smtp://` demands TLS. `offered`: unencrypted where the server has none, and only without a password. `offered` for a server on this machine, else `required`.',
  }),
  SMTP_TLS_CA_FILE: text({ description: 'PEM file of the authority that signed the certificate of `SMTP_URL`.' }),
  SMTP_TIMEOUT_SECONDS: integer({
    description: 'How long sending one mail may take before it is tried again later, in seconds.',
    default: 30,
    min: 1,
    max: 300,
  }),
  MAIL_FROM: one(
    text({ description: 'Whom mails are from. Demanded with `SMTP_URL`.' }),
    (value) => senderOf(value) !== undefined,
    '`Name <address>` or an address',
  ),
};

/** A setting of text, with a form of its own. */
function one(
  setting: Setting<string | undefined>,
  isValid: (value: string) => boolean,
  expected = setting.expected,
): Setting<string | undefined> {
  return { ...setting, expected, parse: (value) => (isValid(value) ? value : undefined) };
}
