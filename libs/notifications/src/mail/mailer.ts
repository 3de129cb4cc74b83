// The port through which mails leave: what a mail is, and the two ways in which sending one fails.
import type { OnApplicationShutdown } from '@nestjs/common';

export interface Mail {
  /** Of the event that the mail tells about. The same event sent again to the same recipient is the same mail. */
  id: string;
  /** One bare address. */
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface SendOptions {
  /** Gives the sending up; the promise then rejects with a transient MailError. */
  signal?: AbortSignal | undefined;
}

export abstract class Mailer implements OnApplicationShutdown {
  /**
   * Resolves once the mail is in other hands: accepted by the server, or on disk.
   * @throws MailError
   */
  abstract send(mail: Mail, options?: SendOptions): Promise<void>;
  /** Takes no more mails, and resolves once those under way are through or have failed. */
  abstract close(): Promise<void>;

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

/** A mail that did not leave. Neither the message nor the response holds credentials. */
export class MailError extends Error {
  readonly code: 'mail_unsent' | 'mail_refused';

  constructor(
    message: string,
    /** Whether the same mail may get through later. If not, it never will: trying again only annoys the server. */
    readonly transient: boolean,
    /** What the server said, one line that begins with its three digits; undefined where it said nothing. */
    readonly response?: string,
  ) {
    super(message);
    this.name = 'MailError';
    this.code = transient ? 'mail_unsent' : 'mail_refused';
  }
}
