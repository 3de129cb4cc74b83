import { choice, integer, text, url, type Setting } from '@mono/platform';
import { senderOf } from './address.js';
import { smtpServerOf } from './smtp-url.js';

export const mailSettings = {
  SMTP_URL: one(
    url(['smtp', 'smtps'], {
      description:
        'SMTP server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (implicit TLS). Default: mails are written to `DATA_DIR/mail` in `dev` and wait elsewhere.',
    }),
    (value) => smtpServerOf(value) !== undefined,
  ),
  SMTP_STARTTLS: choice(['required', 'offered'], {
    description:
      'TLS policy of `smtp://`: `required`, or `offered` to allow plain text when the server lacks STARTTLS and no password is set. Default: `offered` on loopback, `required` elsewhere.',
  }),
  SMTP_TLS_CA_FILE: text({ description: 'PEM file of the CA that signed the certificate of `SMTP_URL`.' }),
  SMTP_TIMEOUT_SECONDS: integer({
    description: 'Maximum duration of one delivery attempt, in seconds.',
    default: 30,
    min: 1,
    max: 300,
  }),
  MAIL_FROM: one(
    text({ description: 'Sender address. Required with `SMTP_URL`.' }),
    (value) => senderOf(value) !== undefined,
    '`Name <address>` or an address',
  ),
};

/** A text setting with an additional check. */
function one(
  setting: Setting<string | undefined>,
  isValid: (value: string) => boolean,
  expected = setting.expected,
): Setting<string | undefined> {
  return { ...setting, expected, parse: (value) => (isValid(value) ? value : undefined) };
}
