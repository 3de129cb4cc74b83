// Secrets by their looks, wherever in a line they stand: API keys keep their public short id, URLs lose their password.

const API_KEY = /(mono_[a-z]{2,8}_[0-9a-f]{12})_[A-Za-z0-9_-]{43}/g;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):[^\s@/"']+@/gi;
const BEARER = /(Bearer\s+)(?!mono_)[A-Za-z0-9._~+/=-]{8,}/gi;

export function redact(text: string): string {
  let line = text;
  if (line.includes('mono_')) line = line.replaceAll(API_KEY, '$1_[redacted]');
  if (line.includes('://')) line = line.replaceAll(URL_PASSWORD, '$1:[redacted]@');
  if (/bearer/i.test(line)) line = line.replaceAll(BEARER, '$1[redacted]');
  return line;
}
