// Mails as files, for development without a mail server: each is an .eml file that any mail program opens.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PinoLogger } from 'nestjs-pino';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Sender } from './address.js';
import { MailError, Mailer, type Mail, type SendOptions } from './mailer.js';
import { messageOf, nameOf } from './message.js';

export interface LocalOutboxOptions {
  /** Created if it does not exist. */
  directory: string;
  from: Sender;
  logger: Pick<PinoLogger, 'info'>;
}

export class LocalOutbox extends Mailer {
  private readonly directory: string;

  constructor(private readonly options: LocalOutboxOptions) {
    super();
    this.directory = resolve(options.directory);
  }

  async send(mail: Mail, { signal }: SendOptions = {}): Promise<void> {
    const message = await new MailComposer(messageOf(mail, this.options.from)).compile().build();
    if (signal?.aborted) throw new MailError('The send was cancelled.', true);
    const file = join(this.directory, `${timeOf(mail.id)}-${nameOf(mail)}.eml`);
    await this.write(file, message).catch((error: unknown) => {
      throw new MailError(`Failed to write the mail: ${(error as Error).message}`, true);
    });
    // Without the text: readers of the log must not be able to use the link.
    this.options.logger.info({ to: mail.to, subject: mail.subject, file }, 'Mail written');
  }

  async close(): Promise<void> {}

  /** Atomically, and readable by the owner only: a mail may contain a link that is a credential. */
  private async write(file: string, message: Buffer): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const unfinished = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(unfinished, message, { mode: 0o600, flag: 'wx' });
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The event's time from its id, so that a redelivery writes the same file: 20251121T130500123Z. */
function timeOf(eventId: string): string {
  const [, high = '', low = ''] = UUID_V7.exec(eventId) ?? [];
  return new Date(Number.parseInt(`0${high}${low}`, 16)).toISOString().replaceAll(/[-:.]/g, '');
}
