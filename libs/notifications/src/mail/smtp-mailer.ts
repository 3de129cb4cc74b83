// Mails over SMTP: a pool of connections, each send bounded as a whole, each failure told as a MailError.
import { createTransport, type SMTPPoolOptions } from 'nodemailer';
import type { Sender } from './address.js';
import { MailError, Mailer, type Mail, type SendOptions } from './mailer.js';
import { messageOf } from './message.js';
import { mailErrorOf } from './smtp-failure.js';
import type { SmtpServer } from './smtp-url.js';

export interface SmtpMailerOptions {
  server: SmtpServer;
  from: Sender;
  /** `required`: no mail and no password without TLS. `offered`: TLS where the server has it, else in the clear. */
  startTls: 'required' | 'offered';
  /** PEM of the authority behind the server's certificate, beside none of the well-known ones. */
  ca?: string | undefined;
  /** How long one send may take, in milliseconds, waiting for a connection included. */
  timeoutMs: number;
}

const MAX_CONNECTIONS = 5;
/** A connection that the server dropped while it was idle costs a mail one more try, not its delivery. */
const MAX_REQUEUES = 2;
const IDLE_MS = 30_000;
/** How long a server may take to close its side of a connection, in milliseconds. */
const CLOSE_MS = 1_000;

export class SmtpMailer extends Mailer {
  private readonly transport;
  private readonly underWay = new Set<Promise<unknown>>();
  private closed = false;

  constructor(private readonly options: SmtpMailerOptions) {
    super();
    this.transport = createTransport({ ...transportOptions(options), pool: true });
  }

  async send(mail: Mail, { signal }: SendOptions = {}): Promise<void> {
    const message = messageOf(mail, this.options.from);
    if (this.closed) throw new MailError('This node is stopping.', true);
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    const sending = this.transport.sendMail({
      ...message,
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    this.underWay.add(sending);
    try {
      await sending;
    } catch (error) {
      if (signal?.aborted) throw new MailError('The sending was given up.', true);
      if (deadline.aborted) throw new MailError('The mail server did not take the mail in time.', true);
      throw mailErrorOf(error, this.options.server);
    } finally {
      this.underWay.delete(sending);
    }
  }

  /** Waits for what is under way, which takes no longer than the timeout. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.underWay);
    this.transport.close();
  }
}

function transportOptions({ server, startTls, ca, timeoutMs }: SmtpMailerOptions): SMTPPoolOptions {
  const { host, port, implicitTls, credentials } = server;
  return {
    host,
    port,
    secure: implicitTls,
    requireTLS: !implicitTls && startTls === 'required',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(credentials && { auth: { user: credentials.user, pass: credentials.password } }),
    maxConnections: MAX_CONNECTIONS,
    maxRequeues: MAX_REQUEUES,
    idleTimeout: IDLE_MS,
    connectionTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    socketCloseTimeout: CLOSE_MS,
    // Its log tells of commands and addresses.
    logger: false,
  };
}
