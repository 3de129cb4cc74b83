// The layout of all mails: a greeting, a few sentences, at most one link to act on, a footer. Both parts have the same text.
import { html, type Html } from './html.js';
import { timeText } from './time.js';
import { oneLine, webLink } from './sanitize.js';

/** A mail without its recipient. */
export interface Content {
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

export interface Section {
  /** Empty for none. */
  title: string;
  items: readonly string[];
}

export interface Letter {
  subject: string;
  /** The recipient's name; empty if unknown. */
  name: string;
  /** Sentences. Text of users in them has passed oneLine(). */
  before: readonly string[];
  /** After the sentences. Text of users in them has passed oneLine(). */
  sections?: readonly Section[];
  action?: { label: string; link: string } | undefined;
  after: readonly string[];
  /** Turns this kind of mail off. */
  unsubscribe?: string | undefined;
}

export function layout(letter: Letter): Content {
  const name = oneLine(letter.name);
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`;
  const action = letter.action && { label: letter.action.label, link: webLink(letter.action.link) };
  const parts: Parts = {
    before: [greeting, ...letter.before],
    sections: letter.sections ?? [],
    action,
    after: letter.after,
    unsubscribe: letter.unsubscribe === undefined ? undefined : webLink(letter.unsubscribe),
  };
  return { subject: letter.subject, text: textOf(parts), html: pageOf(letter.subject, parts).source };
}

type Parts = Pick<Letter, 'before' | 'after' | 'action' | 'unsubscribe'> & { sections: readonly Section[] };

function textOf({ before, sections, action, after, unsubscribe }: Parts): string {
  const link = action ? [`${action.label}:\n${action.link}`] : [];
  const end = unsubscribe === undefined ? '' : `\nUnsubscribe from these mails:\n${unsubscribe}`;
  return `${[...before, ...sections.map(sectionText), ...link, ...after, `-- \nMono${end}`].join('\n\n')}\n`;
}

function sectionText({ title, items }: Section): string {
  return [...(title === '' ? [] : [title]), ...items.map((item) => `- ${item}`)].join('\n');
}

function pageOf(title: string, { before, sections, action, after, unsubscribe }: Parts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
      </head>
      <body style="margin: 0; padding: 24px; background: #f4f4f5; color: #18181b; font: 16px/1.5 sans-serif">
        <div style="max-width: 560px; margin: 0 auto; padding: 24px; background: #ffffff; border-radius: 8px">
          ${before.map(paragraph)}${sections.map(sectionPart)}${action ? button(action) : ''}${after.map(paragraph)}
          <p style="margin: 24px 0 0; color: #71717a; font-size: 14px">
            Mono${
              unsubscribe === undefined
                ? ''
                : html` · <a href="${unsubscribe}" style="color: inherit">Unsubscribe from these mails</a>`
            }
          </p>
        </div>
      </body>
    </html>`;
}

function paragraph(words: string): Html {
  return html`<p style="margin: 0 0 16px">${words}</p>`;
}

function sectionPart({ title, items }: Section): Html {
  const heading = title === '' ? '' : html`<h2 style="margin: 24px 0 8px; font-size: 16px">${title}</h2>`;
  const rows = items.map((item) => html`<li style="margin: 0 0 4px">${item}</li>`);
  return html`${heading}
    <ul style="margin: 0 0 16px; padding: 0 0 0 20px">
      ${rows}
    </ul>`;
}

/** The URL is also visible: some programs show no buttons, and readers like to check where a link leads. */
function button({ label, link }: NonNullable<Letter['action']>): Html {
  return html`<p style="margin: 0 0 16px">
      <a
        href="${link}"
        style="display: inline-block; padding: 10px 16px; border-radius: 6px; background: #18181b; color: #ffffff; text-decoration: none"
        >${label}</a
      >
    </p>
    <p style="margin: 0 0 16px; color: #71717a; font-size: 14px; word-break: break-all">
      <a href="${link}" style="color: inherit">${link}</a>
    </p>`;
}

/** The data of a mail with a link that works once. */
export interface LinkData {
  /** Empty if unknown. */
  name: string;
  link: string;
  /** An instant (RFC 3339); undefined if unknown. */
  expiresAt?: string | undefined;
  timeZone: string;
}

export function worksOnce({ expiresAt, timeZone }: LinkData): string {
  return expiresAt === undefined
    ? 'The link works once'
    : `The link works once, until ${timeText(expiresAt, timeZone)}`;
}
