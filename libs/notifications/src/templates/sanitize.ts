// Makes text of users and links safe for a line of a mail.

const MAX_CHARACTERS = 100;
/** Control characters, line ends, and marks that change the direction of text. */
const UNPRINTABLE = /[\s\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu;

/** One line of at most 100 code points; longer text ends in an ellipsis. */
export function oneLine(text: string): string {
  const line = text.toWellFormed().replaceAll(UNPRINTABLE, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= MAX_CHARACTERS ? line : `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}

/** @throws TypeError unless it is an absolute http or https URL. The message omits the link, which may be a credential. */
export function webLink(text: string): string {
  if (!URL.canParse(text)) throw new TypeError('A link in a mail must be an absolute URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('A link in a mail must be http or https.');
  if (url.username !== '' || url.password !== '') throw new TypeError('A link in a mail must not hold credentials.');
  return url.href;
}
