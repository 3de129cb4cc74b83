// Sends what an event is told by, once as far as that can be: at least once, and with the same `Message-ID` again.
import { Inject, Injectable } from '@nestjs/common';
import { Bus, type BusContext } from '@mono/bus';
import { DomainError } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { MailError, Mailer, type Mail } from '../mail/mailer.js';
import { noteSent, wasSent } from '../persistence/sent-mails.js';
import type { Write, Written } from './account-mails.js';
import { People } from './people.js';

interface Told {
  /** UUID. */
  id: string;
  event: string;
  request_id: string;
}

type Delivery = Pick<BusContext, 'signal'>;

@Injectable()
export class SendMail {
  constructor(
    @Inject(Database) private readonly database: Executor,
    @Inject(Bus) private readonly bus: Pick<Bus, 'request'>,
    private readonly mailer: Mailer,
    @Inject(PinoLogger) private readonly logger: Pick<PinoLogger, 'debug' | 'info' | 'warn'>,
  ) {}

  /**
   * Resolves once the mail is in other hands, or there is nothing to send.
   * @throws DomainError `mail_refused` (of kind `invalid`) for what will never get through; all else may later.
   */
  async send<Event extends Told>(event: Event, write: Write<Event>, { signal }: Delivery): Promise<void> {
    const { database, bus, mailer, logger } = this;
    const facts = { event: event.event, event_id: event.id };
    if (await wasSent(database, event.id)) {
      logger.debug(facts, 'A mail that was sent before is not sent again');
      return;
    }
    const written = await write(event, new People(bus, { requestId: event.request_id, signal }));
    if (!written) {
      logger.debug(facts, 'There is nothing to send, or not any more');
      return;
    }
    await mailer.send(mailOf(event, written), { signal }).catch((error: unknown) => {
      throw failureOf(error, written);
    });
    logger.info(facts, 'A mail was sent');
    // The mail is gone, whatever becomes of this: an error would only send it again.
    await noteSent(database, event.id).catch((error: unknown) => {
      logger.warn({ ...facts, err: error }, 'That a mail was sent could not be noted');
    });
  }
}

/** What stops a mail for good. */
export function isFinal(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'invalid';
}

function mailOf({ id }: Told, { to, subject, text, html }: Written): Mail {
  return { id, to, subject, text, html };
}

/** Of an error that stands in logs and dead letters: a server may repeat the message that it refuses, link and all. */
function failureOf(error: unknown, { link }: Written): unknown {
  if (!(error instanceof MailError)) return error;
  const { code, transient } = error;
  return new DomainError(transient ? 'unavailable' : 'invalid', code, withoutLink(error.message, link));
}

const TOKEN_PARAMETER = /(token=)[^\s&"'<>]+/gi;

function withoutLink(message: string, link: string | undefined): string {
  if (link === undefined) return message;
  const token = new URL(link).searchParams.get('token') ?? link;
  // The id before the dot is no secret; what is behind it is, also where it stands alone.
  const secret = token.slice(token.lastIndexOf('.') + 1);
  return message
    .replaceAll(link, '[link]')
    .replaceAll(secret, '[redacted]')
    .replaceAll(TOKEN_PARAMETER, '$1[redacted]');
}
