// The small pages behind the links in mails. They need no script, and nothing from elsewhere.

/** No page loads anything, is framed or cached, or sends a referrer. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:15vh auto;padding:0 1rem;overflow-wrap:anywhere}' +
  'input,button{font:inherit;display:block;margin:.25rem 0 1rem;padding:.5rem .75rem;box-sizing:border-box}' +
  'input{width:100%}[role=alert]{border-left:.25rem solid #b3261e;padding-left:.75rem}small{display:block}';

export interface Question {
  title: string;
  /** A paragraph each. */
  texts: readonly string[];
  /** On the button. */
  action: string;
  /** Where it posts to. */
  path: string;
  token: string;
  /** Whether a new password is asked for, and of how many characters. */
  password?: { field: string; least: number; most: number; optional?: boolean };
  /** Whether a name is asked for, and of how many characters. */
  name?: { most: number; optional?: boolean; value?: string };
  /** Why the last attempt has failed. */
  fault?: string;
}

/** A page that asks before anything happens. */
export function questionPage({ title, texts, action, path, token, password, name, fault }: Question): string {
  const alert = fault === undefined ? '' : `<p role="alert">${escape(fault)}</p>`;
  const fields = `${name ? nameField(name) : ''}${password ? passwordField(password) : ''}`;
  return page(
    title,
    `${texts.map(paragraph).join('')}${alert}<form method="post" action="${escape(path)}"><input type="hidden" name="token" value="${escape(token)}">${fields}<button>${escape(action)}</button></form>`,
  );
}

function nameField({ most, optional, value = '' }: NonNullable<Question['name']>): string {
  return `<label>Your name<input name="name" maxlength="${most}" value="${escape(value)}"${required(optional)} autocomplete="name"></label>`;
}

function passwordField({ field, least, most, optional }: NonNullable<Question['password']>): string {
  const rules = `At least ${least} characters, and not easy to guess: use several unrelated words, or a password manager.`;
  return `<label>New password<input type="password" name="${field}"${required(optional)} minlength="${least}" maxlength="${most}" autocomplete="new-password" aria-describedby="rules"></label><p><small id="rules">${rules}</small></p>`;
}

function required(optional = false): string {
  return optional ? '' : ' required';
}

/** A page that shows the outcome. @param server where the reader signs in: with a client, or by the API. */
export function messagePage(title: string, text: string, server?: string): string {
  const next =
    server === undefined
      ? ''
      : `<p>Sign in at <b>${escape(server)}</b> with the application that you use, or by its API.</p>`;
  return page(title, `${paragraph(text)}${next}`);
}

export function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head><body><h1>${escape(title)}</h1>${content}</body></html>`;
}

function paragraph(text: string): string {
  return `<p>${escape(text)}</p>`;
}

export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
