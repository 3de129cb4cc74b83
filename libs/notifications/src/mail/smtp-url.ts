// The one URL that says where mails go: smtp://user:password@host:port, or smtps:// for TLS from the first byte.

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  implicitTls: boolean;
  credentials: { user: string; password: string } | undefined;
}

const SUBMISSION_PORT = 587;
const SUBMISSION_TLS_PORT = 465;

/** @returns undefined for anything but one such URL. */
export function smtpServerOf(text: string): SmtpServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const implicitTls = url.protocol === 'smtps:';
  if (!implicitTls && url.protocol !== 'smtp:') return undefined;
  if (url.hostname === '' || /[,\s]/.test(text) || !['', '/'].includes(url.pathname)) return undefined;
  if (url.search !== '' || url.hash !== '' || (url.username === '') !== (url.password === '')) return undefined;
  try {
    const credentials = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? (implicitTls ? SUBMISSION_TLS_PORT : SUBMISSION_PORT) : Number(url.port),
      implicitTls,
      credentials: credentials.user === '' ? undefined : credentials,
    };
  } catch {
    // A `%` that begins no character.
    return undefined;
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
