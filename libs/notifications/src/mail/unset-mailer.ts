import { MailError, Mailer } from './mailer.js';

/** Where no server is set outside of development: every mail fails for now, so that none is lost and somebody notices. */
export class UnsetMailer extends Mailer {
  async send(): Promise<void> {
    throw new MailError('SMTP_URL is not set.', true);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
