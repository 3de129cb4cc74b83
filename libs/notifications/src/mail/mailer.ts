// The port for sending mails, with transient and permanent failures.
import type { OnApplicationShutdown } from '@nestjs/common';

export interface Mail {
  /** The id of the event. The same event and recipient make the same mail. */
  id: string;
  /** One bare address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The URL that turns this kind of mail off by a POST (RFC 8058). */
  unsubscribe?: string | undefined;
}

export interface SendOptions {
  /** Cancels the send: it rejects with a transient MailError. */
  signal?: AbortSignal | undefined;
}

export abstract class Mailer implements OnApplicationShutdown {
  /**
   * Resolves once the server has accepted the mail, or it is on disk.
   * @throws MailError
   */
  abstract send(mail: Mail, options?: SendOptions): Promise<void>;
  /** Accepts no more mails, and resolves once pending sends are done. */
  abstract close(): Promise<void>;

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

/** A mail was not sent. Neither the message nor the response contains credentials. */
export class MailError extends Error {
  readonly code: 'mail_unsent' | 'mail_refused';

  constructor(
    message: string,
    /** Whether a retry of the same mail may succeed. */
    readonly transient: boolean,
    /** The server's reply in one line that begins with its three digits; undefined without a reply. */
    readonly response?: string,
  ) {
    super(message);
    this.name = 'MailError';
    this.code = transient ? 'mail_unsent' : 'mail_refused';
  }
}
