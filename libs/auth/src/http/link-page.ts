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
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:15vh auto;padding:0 1rem}' +
  'input,button{font:inherit;display:block;margin:1rem 0;padding:.5rem .75rem}';

export interface Question {
  title: string;
  text: string;
  /** On the button. */
  action: string;
  /** Where it posts to. */
  path: string;
  token: string;
  /** Whether a new password is asked for, and of how many characters. */
  password?: { least: number; most: number; optional?: boolean };
  /** Whether a name may be given, and of how many characters. */
  name?: { most: number };
}

/** A page that asks before anything happens. */
export function questionPage({ title, text, action, path, token, password, name }: Question): string {
  const field = password
    ? `<label>New password<input type="password" name="${password.optional ? 'password' : 'new_password'}"${password.optional ? '' : ' required'} minlength="${password.least}" maxlength="${password.most}" autocomplete="new-password"></label>`
    : '';
  const naming = name ? `<label>Your name<input name="name" maxlength="${name.most}" autocomplete="name"></label>` : '';
  return page(
    title,
    `<p>${escape(text)}</p><form method="post" action="${escape(path)}"><input type="hidden" name="token" value="${escape(token)}">${naming}${field}<button>${escape(action)}</button></form>`,
  );
}

/** A page that shows the outcome. */
export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escape(text)}</p>`);
}

export function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head><body><h1>${escape(title)}</h1>${content}</body></html>`;
}

export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
