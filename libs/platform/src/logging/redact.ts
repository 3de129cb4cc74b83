// Secrets by their names and by their looks, wherever in a text they stand: API keys keep their public short id, URLs lose
// their password, members of JSON with a telling name lose their value.

/** Names whose values are nobody's business. */
export const SECRET_NAME =
  /pass(?:word|wd|phrase)|token|secret|authorization|cookie|credential|api[_-]?key|private[_-]?key/i;

const API_KEY = /(mono_[a-z]{2,8}_[0-9a-f]{12})_[A-Za-z0-9_-]{43}/g;
/** Only the last character of the scheme: matching all of it would read a long word again from each of its letters. */
const URL_PASSWORD = /([a-z0-9+.-]:\/\/[^\s:/@"']*):[^\s@/"']+@/gi;
const BEARER = /(Bearer\s+)(?!mono_)[A-Za-z0-9._~+/=-]{8,}/gi;
const JSON_MEMBER = /"([\w-]*)":"/g;
const REST_OF_JSON_STRING = /[^"\\]*(?:\\.[^"\\]*)*"/y;
const DOTTED_WORD = /[\w.-]+/g;
const TOKEN_HEADER = /\beyJ[\w-]{8,}/;
/** Characters of a part of a JSON web token at least. */
const SHORTEST_TOKEN_PART = 8;
const NKEY_SEED = /\bS[ACNOUX][A-Z2-7]{56}\b/g;
/** What opens a calendar that others subscribe to: the one secret that stands in a URL. */
const FEED_SECRET = /(\/feeds\/)[A-Za-z0-9_-]{20,}/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Takes time that grows with the text's length and no faster: the text may be anything that a client has sent. */
export function redact(text: string): string {
  let line = redactJsonMembers(text).replaceAll(NKEY_SEED, '[redacted]');
  if (line.includes('mono_')) line = line.replaceAll(API_KEY, '$1_[redacted]');
  if (line.includes('://')) line = line.replaceAll(URL_PASSWORD, '$1:[redacted]@');
  if (line.includes('eyJ')) line = line.replaceAll(DOTTED_WORD, redactTokens);
  if (line.includes('/feeds/')) line = line.replaceAll(FEED_SECRET, '$1[redacted]');
  if (line.includes('PRIVATE KEY')) line = line.replaceAll(PRIVATE_KEY, '[redacted $1private key]');
  if (/bearer/i.test(line)) line = line.replaceAll(BEARER, '$1[redacted]');
  return line;
}

/** One expression for name and value would try each place of the secret word in a long name. */
function redactJsonMembers(text: string): string {
  let redacted = '';
  let kept = 0;
  JSON_MEMBER.lastIndex = 0;
  for (let member = JSON_MEMBER.exec(text); member; member = JSON_MEMBER.exec(text)) {
    const value = JSON_MEMBER.lastIndex;
    REST_OF_JSON_STRING.lastIndex = value;
    if (SECRET_NAME.test(member[1] ?? '') && REST_OF_JSON_STRING.test(text)) {
      redacted += `${text.slice(kept, value)}[redacted]"`;
      kept = REST_OF_JSON_STRING.lastIndex;
      JSON_MEMBER.lastIndex = kept;
    } else {
      // The quote that opens the value may open a member, too, where the text is no JSON.
      JSON_MEMBER.lastIndex = value - 1;
    }
  }
  return redacted + text.slice(kept);
}

/** JSON web tokens: three parts, of which the first begins like an object in base64url. */
function redactTokens(word: string): string {
  const parts = word.split('.');
  const kept: string[] = [];
  for (let place = 0; place < parts.length; place += 1) {
    const [header = '', payload = '', signature = ''] = parts.slice(place, place + 3);
    const isToken = payload.length >= SHORTEST_TOKEN_PART && signature !== '';
    const begin = isToken ? header.search(TOKEN_HEADER) : -1;
    kept.push(begin < 0 ? header : `${header.slice(0, begin)}[redacted]`);
    if (begin >= 0) place += 2;
  }
  return kept.join('.');
}
