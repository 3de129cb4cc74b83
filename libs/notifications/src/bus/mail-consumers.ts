// One durable consumer per kind of mail, so that those of one kind that do not get through hold up no other kind.
import { attemptsWithin, type Bus, type BusContext, type EventContract } from '@mono/bus';
import { ACCOUNT_MAILS, type Write } from '../mails/account-mails.js';
import { isFinal, type SendMail } from '../mails/send-mail.js';
import { accountEvent, type AccountEvent } from './account-events.js';

export interface MailConsumerOptions {
  /** How long one send may take, in milliseconds. */
  sendMs: number;
  /** How long a mail is tried again, in milliseconds. */
  retryMs: number;
}

/** Sends at once, per kind and node. */
const CONCURRENCY = 4;
/** The first pause; it doubles. */
const BACKOFF_MS = 1_000;
/** For auth, and for the database, beside the send itself. */
const AROUND_SEND_MS = 15_000;
/** Mails of a kind that wait for their next try without holding up those behind them. */
const MAX_PENDING = 50_000;

type Sender = Pick<SendMail, 'send'>;

/** To be called before the bus starts. */
export function sendAccountMails(bus: Bus, sender: Sender, options: MailConsumerOptions): void {
  for (const [event, write] of Object.entries(ACCOUNT_MAILS)) {
    consumeMails(bus, accountEvent(event as AccountEvent['event']), write, sender, options);
  }
}

/** A mail per event; acknowledged once it is in other hands. */
export function consumeMails<Event extends Parameters<Sender['send']>[0]>(
  bus: Bus,
  contract: EventContract<Event>,
  write: Write<Event>,
  sender: Sender,
  { sendMs, retryMs }: MailConsumerOptions,
): void {
  const handle = (body: unknown, context: BusContext): Promise<void> => sender.send(body as Event, write, context);
  bus.onDurableEvent([contract], handle, {
    consumer: `notifications-${contract.name}`,
    module: 'notifications',
    concurrency: CONCURRENCY,
    timeoutMs: sendMs + AROUND_SEND_MS,
    attempts: attemptsWithin(retryMs, BACKOFF_MS),
    backoffMs: BACKOFF_MS,
    maxPending: MAX_PENDING,
    isFinal,
  });
}
