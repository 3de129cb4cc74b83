// Redacts secrets in text by name and by form. API keys keep their public short id, URLs lose their password, and JSON members
// with the name of a secret lose their value.

/** Names of secrets. */
export const SECRET_NAME =
  /pass(?:word|wd|phrase)|token|secret|authorization|cookie|credential|api[_-]?key|private[_-]?key/i;

/** And personal access tokens. */
const API_KEY = /(mono_(?:pat_)?[a-z]{2,8}_[0-9a-f]{12})_[A-Za-z0-9_-]{43}/g;
/** Matches only the last character of the scheme, since matching all of it would take quadratic time for long words. */
const URL_PASSWORD = /([a-z0-9+.-]:\/\/[^\s:/@"']*):[^\s@/"']+@/gi;
const BEARER = /(Bearer\s+)(?!mono_)[A-Za-z0-9._~+/=-]{8,}/gi;
const JSON_MEMBER = /"([\w-]*)":"/g;
const REST_OF_JSON_STRING = /[^"\\]*(?:\\.[^"\\]*)*"/y;
const DOTTED_WORD = /[\w.-]+/g;
const TOKEN_HEADER = /\beyJ[\w-]{8,}/;
/** The minimum length of a part of a JSON web token. */
const SHORTEST_TOKEN_PART = 8;
const NKEY_SEED = /\bS[ACNOUX][A-Z2-7]{56}\b/g;
/** The secret of a calendar feed, which is part of its URL. */
const FEED_SECRET = /(\/feeds\/)[A-Za-z0-9_-]{20,}/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Runs in linear time, because the text may come from a client. */
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

/** Name and value are matched separately, since one expression would take quadratic time for long names. */
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
      // In text that is not JSON, the quote before the value may also start a member.
      JSON_MEMBER.lastIndex = value - 1;
    }
  }
  return redacted + text.slice(kept);
}

/** JSON web tokens have three parts, of which the first starts like an object in base64url. */
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
