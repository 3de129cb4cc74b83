// Sends the mail of an event at least once, each time with the same `Message-ID`.
import { Inject, Injectable } from '@nestjs/common';
import { Bus, type BusContext } from '@mono/bus';
import { DomainError } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { MailError, Mailer, type Mail } from '../mail/mailer.js';
import type { Write, Written } from './account-mails.js';
import { People } from './people.js';

interface SourceEvent {
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
   * Resolves once the mail is delivered, or if there is nothing to send.
   * @throws DomainError `mail_refused` (kind `invalid`) for a permanent failure; other errors are transient.
   */
  async send<Event extends SourceEvent>(event: Event, write: Write<Event>, { signal }: Delivery): Promise<void> {
    const { database, bus, mailer, logger } = this;
    const facts = { event: event.event, event_id: event.id };
    if (await wasSent(database, event.id)) {
      logger.debug(facts, 'Mail already sent');
      return;
    }
    const written = await write(event, new People(bus, { requestId: event.request_id, signal }));
    if (!written) {
      logger.debug(facts, 'No mail to send');
      return;
    }
    await mailer.send(mailOf(event, written), { signal }).catch((error: unknown) => {
      throw failureOf(error, written);
    });
    logger.info(facts, 'Mail sent');
    // The mail has left: an error would only send it again.
    await recordSent(database, event.id).catch((error: unknown) => {
      logger.warn({ ...facts, err: error }, 'Failed to record a sent mail');
    });
  }
}

/** Whether a retry is pointless. */
export function isFinal(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'invalid';
}

function mailOf({ id }: SourceEvent, { to, subject, text, html, unsubscribe }: Written): Mail {
  return { id, to, subject, text, html, unsubscribe };
}

/** Removes the links: a server may quote the mail in its refusal, and the error ends up in logs and dead letters. */
function failureOf(error: unknown, { link, unsubscribe }: Written): unknown {
  if (!(error instanceof MailError)) return error;
  const { code, transient } = error;
  const message = withoutLink(withoutLink(error.message, link), unsubscribe);
  return new DomainError(transient ? 'unavailable' : 'invalid', code, message);
}

const TOKEN_PARAMETER = /(token=)[^\s&"'<>]+/gi;

function withoutLink(message: string, link: string | undefined): string {
  if (link === undefined) return message;
  const token = new URL(link).searchParams.get('token') ?? link;
  // The secret is the part after the dot, also on its own.
  const secret = token.slice(token.lastIndexOf('.') + 1);
  return message
    .replaceAll(link, '[link]')
    .replaceAll(secret, '[redacted]')
    .replaceAll(TOKEN_PARAMETER, '$1[redacted]');
}

const CONSUMER = 'mail';

async function wasSent(on: Executor, eventId: string): Promise<boolean> {
  const rows = await on.query(
    { name: 'notifications.was_sent', text: 'SELECT 1 FROM notifications.inbox WHERE consumer = $1 AND event_id = $2' },
    [CONSUMER, eventId],
  );
  return rows.length > 0;
}

/** After the send, which no transaction covers: a crash in between sends the same mail again. */
async function recordSent(on: Executor, eventId: string): Promise<void> {
  await on.query(
    {
      name: 'notifications.note_sent',
      text: 'INSERT INTO notifications.inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    },
    [CONSUMER, eventId],
  );
}
