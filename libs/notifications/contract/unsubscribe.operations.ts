// Unsubscribing by a link in a mail, for the page that every node serves: no credential is required beside the token.
import { internal, operations, TextField } from '@mono/contract';
import { notificationsErrors } from './notifications.errors.js';
import type { OptionalMail } from './preferences.js';

/** The path of the page: `<PUBLIC_URL>/unsubscribe?token=<token>`. */
export const UNSUBSCRIBE_PATH = '/unsubscribe';

export class Unsubscribe {
  @TextField({ description: 'The token of the link.', max: 256 })
  token: string;
}

export class Unsubscribed {
  kind: OptionalMail;
}

export const unsubscribeOperations = operations(
  'notifications',
  { errors: notificationsErrors },
  {
    /** A repeat changes nothing. Fails with `unsubscribe_link_invalid`. */
    unsubscribe: internal({
      summary: 'Turn off the mails that a link names',
      body: Unsubscribe,
      reply: Unsubscribed,
      timeoutMs: 10_000,
    }),
  },
);
