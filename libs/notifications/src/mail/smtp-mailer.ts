// Sends mails over SMTP with a pool of connections and one timeout for a whole send.
import { createTransport, type SMTPPoolOptions } from 'nodemailer';
import type { Sender } from './address.js';
import { MailError, Mailer, type Mail, type SendOptions } from './mailer.js';
import { messageOf } from './message.js';
import { mailErrorOf } from './smtp-failure.js';
import type { SmtpServer } from './smtp-url.js';

export interface SmtpMailerOptions {
  server: SmtpServer;
  from: Sender;
  /** `required`: no mail and no password without TLS. `offered`: TLS if the server supports it, otherwise plain text. */
  startTls: 'required' | 'offered';
  /** PEM of the CA that signed the server's certificate, instead of the well-known CAs. */
  ca?: string | undefined;
  /** Timeout of one send in milliseconds, including the wait for a connection. */
  timeoutMs: number;
}

const MAX_CONNECTIONS = 5;
/** Attempts in case the server has dropped an idle connection. */
const MAX_REQUEUES = 2;
const IDLE_MS = 30_000;
/** Timeout for the server to close its side of a connection, in milliseconds. */
const CLOSE_MS = 1_000;

export class SmtpMailer extends Mailer {
  private readonly transport;
  private readonly pending = new Set<Promise<unknown>>();
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
    this.pending.add(sending);
    try {
      await sending;
    } catch (error) {
      if (signal?.aborted) throw new MailError('The send was cancelled.', true);
      if (deadline.aborted) throw new MailError('The mail server did not accept the mail in time.', true);
      throw mailErrorOf(error, this.options.server);
    } finally {
      this.pending.delete(sending);
    }
  }

  /** Waits for pending sends, which are bounded by the timeout. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.pending);
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
    // Its log contains commands and addresses.
    logger: false,
  };
}
