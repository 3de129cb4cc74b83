// The pages behind an unsubscribe link. They need no script, and nothing from elsewhere.
import { UNSUBSCRIBE_PATH, type OptionalMail } from '../../contract/index.js';
import { html, type Html } from '../templates/html.js';

/** No page loads anything, is framed or cached, or sends a referrer. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/** As in “You no longer receive …”. */
const KINDS: Readonly<Record<OptionalMail, string>> = {
  daily_digest: 'the daily digest of your tasks',
  task_due_soon: 'reminders of tasks that are due soon',
  task_assigned: 'mails about tasks that are assigned to you',
  timer_forgotten: 'mails about timers that still run',
};

/** Asks first: mail scanners open links. */
export function questionPage(kind: OptionalMail, token: string): string {
  return page(
    'Unsubscribe',
    html`<p>Do you want to stop receiving ${KINDS[kind]}? You can turn this on again in your notification settings.</p>
      <form method="post" action="${UNSUBSCRIBE_PATH}?token=${token}"><button>Unsubscribe</button></form>`,
  );
}

export function donePage(kind: OptionalMail): string {
  return page(
    'Unsubscribed',
    html`<p>You no longer receive ${KINDS[kind]}. You can turn this on again in your notification settings.</p>`,
  );
}

export function failurePage(text: string): string {
  return page('Request failed', html`<p>${text}</p>`);
}

function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          body {
            font:
              1rem/1.5 system-ui,
              sans-serif;
            max-width: 28rem;
            margin: 15vh auto;
            padding: 0 1rem;
          }
          button {
            font: inherit;
            margin: 1rem 0;
            padding: 0.5rem 0.75rem;
          }
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${content}
      </body>
    </html>`.source;
}
