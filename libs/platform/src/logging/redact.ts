// Secrets by their names and by their looks, wherever in a text they stand: API keys keep their public short id, URLs lose
// their password, members of JSON with a telling name lose their value.

/** Names whose values are nobody's business. */
export const SECRET_NAME =
  /pass(?:word|wd|phrase)|token|secret|authorization|cookie|credential|api[_-]?key|private[_-]?key/i;

const API_KEY = /(mono_[a-z]{2,8}_[0-9a-f]{12})_[A-Za-z0-9_-]{43}/g;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):[^\s@/"']+@/gi;
const BEARER = /(Bearer\s+)(?!mono_)[A-Za-z0-9._~+/=-]{8,}/gi;
const JSON_MEMBER = new RegExp(`("[\\w-]*(?:${SECRET_NAME.source})[\\w-]*":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g;
const NKEY_SEED = /\bS[ACNOUX][A-Z2-7]{56}\b/g;
/** What opens a calendar that others subscribe to: the one secret that stands in a URL. */
const FEED_SECRET = /(\/feeds\/)[A-Za-z0-9_-]{20,}/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

export function redact(text: string): string {
  let line = text.replaceAll(JSON_MEMBER, '$1"[redacted]"').replaceAll(NKEY_SEED, '[redacted]');
  if (line.includes('mono_')) line = line.replaceAll(API_KEY, '$1_[redacted]');
  if (line.includes('://')) line = line.replaceAll(URL_PASSWORD, '$1:[redacted]@');
  if (line.includes('eyJ')) line = line.replaceAll(JSON_WEB_TOKEN, '[redacted]');
  if (line.includes('/feeds/')) line = line.replaceAll(FEED_SECRET, '$1[redacted]');
  if (line.includes('PRIVATE KEY')) line = line.replaceAll(PRIVATE_KEY, '[redacted $1private key]');
  if (/bearer/i.test(line)) line = line.replaceAll(BEARER, '$1[redacted]');
  return line;
}
