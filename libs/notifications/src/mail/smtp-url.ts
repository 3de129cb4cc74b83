// The URL of the SMTP server: smtp://user:password@host:port, or smtps:// for implicit TLS.

export interface SmtpServer {
  host: string;
  port: number;
  /** If false, STARTTLS. */
  implicitTls: boolean;
  credentials: { user: string; password: string } | undefined;
}

const SUBMISSION_PORT = 587;
const SUBMISSION_TLS_PORT = 465;

/** @returns undefined for an invalid URL. */
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
    // An invalid percent-encoding.
    return undefined;
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
