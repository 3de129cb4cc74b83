// A real SMTP server in its own process, and the mails that it received.
import { resolve } from 'node:path';
import { startChild } from './child.ts';
import { until } from './until.ts';

const ENTRY = resolve(import.meta.dirname, 'mail-server-process.ts');

/**
 * `refuse`: 550 to the recipient. `quote`: 554 to the message, quoting its link. `defer`: 451. `hang`: no greeting. `drop`:
 * closes the connection during the message. `swallow`: stores the message without a reply. `stall`: no reply for recipients at
 * slow.example.
 */
export type Conduct = 'take' | 'refuse' | 'quote' | 'defer' | 'hang' | 'drop' | 'swallow' | 'stall';

export interface ReceivedMail {
  to: string[];
  /** As received over the wire. */
  message: string;
}

export interface MailServer {
  /** For SMTP_URL and MAIL_FROM. */
  readonly env: { SMTP_URL: string; MAIL_FROM: string };
  /** @param to only mails to this address. */
  received(to?: string): Promise<Mail[]>;
  /** @returns the first mail to this address whose subject matches. */
  mailTo(address: string, subject: RegExp): Promise<Mail>;
  /** All connections so far. */
  connections(): Promise<number>;
  /** Changes the conduct. `drop` also closes open connections. */
  conduct(is: Conduct, drop?: boolean): Promise<void>;
  /** Changes the conduct for these addresses only, because several test files share the server. */
  conductFor(addresses: readonly string[], is: Conduct): Promise<void>;
  stop(): Promise<void>;
}

/** The ports by which another process uses the server. */
export interface MailServerPorts {
  smtpPort: number;
  controlPort: number;
}

export interface Mail {
  to: string;
  messageId: string;
  subject: string;
  /** The plain text. */
  text: string;
  /** Path and query of its link; empty without a link. */
  link: string;
  /** `List-Unsubscribe` and `List-Unsubscribe-Post`; empty without. */
  unsubscribe: string;
  unsubscribePost: string;
}

export async function startMailServer(): Promise<MailServer & { readonly ports: MailServerPorts }> {
  const child = startChild(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { PATH: process.env['PATH'] },
  });
  const ports = await until('the mail server listens', () => {
    if (child.ended() !== undefined) throw new Error(child.output());
    return JSON.parse(child.output()) as MailServerPorts;
  }).catch(async (error: unknown) => {
    await child.kill('SIGKILL');
    throw error;
  });
  return { ...useMailServer(ports), ports, stop: async () => void (await child.stop()) };
}

/** Uses a mail server that another process has started and will stop. */
export function useMailServer({ smtpPort, controlPort }: MailServerPorts): Omit<MailServer, 'stop'> {
  const ask = async (path: string): Promise<{ received: ReceivedMail[]; connections: number }> =>
    (await fetch(`http://127.0.0.1:${controlPort}${path}`)).json() as never;
  const received = async (to?: string): Promise<Mail[]> =>
    (await ask(to === undefined ? '/' : `/?${new URLSearchParams({ to }).toString()}`)).received.map(mailOf);
  return {
    env: { SMTP_URL: `smtp://127.0.0.1:${smtpPort}`, MAIL_FROM: 'Mono <mono@example.com>' },
    received,
    mailTo: (address, subject) =>
      until(`a mail to ${address}: ${subject}`, async () =>
        (await received(address)).find((mail) => subject.test(mail.subject)),
      ),
    connections: async () => (await ask('/connections')).connections,
    conduct: async (is, drop = false) => void (await ask(`/conduct?is=${is}${drop ? '&drop=1' : ''}`)),
    conductFor: async (addresses, is) => {
      const query = new URLSearchParams({ is });
      for (const address of addresses) query.append('to', address);
      await ask(`/conduct?${query.toString()}`);
    },
  };
}

function mailOf({ to, message }: ReceivedMail): Mail {
  const head = message.slice(0, message.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  const text = readable(message);
  const [, link = ''] = /https?:\/\/[^/\s]+(\/\S+)/.exec(text) ?? [];
  return {
    to: to.join(),
    messageId: header(head, 'Message-ID'),
    subject: header(head, 'Subject'),
    text,
    link,
    unsubscribe: header(head, 'List-Unsubscribe'),
    unsubscribePost: header(head, 'List-Unsubscribe-Post'),
  };
}

function header(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}

/** The part of plain text, which comes first. */
function readable(message: string): string {
  const part = message.slice(message.indexOf('text/plain'));
  const [head = ''] = part.split('\r\n\r\n', 1);
  // The delimiter of a signature is not that of a part.
  const body = part.slice(head.length + 4).split(/\r\n--(?! |=20)/)[0] ?? '';
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}
