// Chooses a node's mailer: SMTP if configured, files in `dev`, otherwise one that keeps mails waiting.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FactoryProvider } from '@nestjs/common';
import { NodeInfo, StartUpError, type SettingsOf } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { senderOf, type Sender } from './address.js';
import { LocalOutbox } from './local-outbox.js';
import { notificationsConfig } from '../settings.js';
import { MailError, Mailer } from './mailer.js';
import type { mailSettings } from './settings.js';
import { SmtpMailer } from './smtp-mailer.js';
import { isLoopback, smtpServerOf, type SmtpServer } from './smtp-url.js';

export type MailSettings = SettingsOf<typeof mailSettings>;

export interface MailerContext {
  /** APP_ENV is dev. */
  dev: boolean;
  dataDirectory: string;
  logger: Pick<PinoLogger, 'info' | 'warn'>;
}

const DEV_SENDER: Sender = { name: 'Mono', address: 'mono@localhost' };

export const mailerProvider: FactoryProvider<Mailer> = {
  provide: Mailer,
  inject: [notificationsConfig.KEY, NodeInfo, PinoLogger],
  useFactory: (settings: MailSettings, { environment, dataDirectory }: NodeInfo, logger: PinoLogger) =>
    createMailer(settings, { dev: environment === 'dev', dataDirectory, logger }),
};

/** Every mail fails as transient, so that none is lost and the operator notices. */
class UnsetMailer extends Mailer {
  async send(): Promise<void> {
    throw new MailError('SMTP_URL is not set.', true);
  }

  async close(): Promise<void> {}
}

/** @throws StartUpError if other settings contradict SMTP_URL. */
export function createMailer(settings: MailSettings, { dev, dataDirectory, logger }: MailerContext): Mailer {
  const server = smtpServerOf(settings.SMTP_URL ?? '');
  const from = senderOf(settings.MAIL_FROM ?? '');
  if (server) return smtpMailerOf(settings, server, from);
  if (dev) return new LocalOutbox({ directory: join(dataDirectory, 'mail'), from: from ?? DEV_SENDER, logger });
  logger.warn('SMTP_URL is not set: mails wait until it is');
  return new UnsetMailer();
}

function smtpMailerOf(settings: MailSettings, server: SmtpServer, from: Sender | undefined): SmtpMailer {
  if (!from) throw new StartUpError('MAIL_FROM is not set, but SMTP_URL is.', 'Set both or neither.');
  const startTls = settings.SMTP_STARTTLS ?? (isLoopback(server.host) ? 'offered' : 'required');
  if (!server.implicitTls && startTls === 'offered' && server.credentials && !isLoopback(server.host)) {
    throw new StartUpError(
      'SMTP_STARTTLS is `offered`, which may send the password of SMTP_URL in the clear.',
      'Remove SMTP_STARTTLS, or remove user and password from SMTP_URL.',
    );
  }
  const ca = settings.SMTP_TLS_CA_FILE === undefined ? undefined : readCa(settings.SMTP_TLS_CA_FILE);
  return new SmtpMailer({ server, from, startTls, ca, timeoutMs: settings.SMTP_TIMEOUT_SECONDS * 1_000 });
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartUpError(`SMTP_TLS_CA_FILE cannot be read: ${(error as Error).message}`, 'Check the path.', {
      cause: error,
    });
  }
}
