// The headers of a message, written as one string and read in one pass. The class of the client library spends more time on
// three headers than a round trip takes (npm run bench:bus).
import type { MsgHdrs } from '@nats-io/transport-node';

export const HEADER = {
  /** The remaining time of the caller in milliseconds. */
  timeout: 'Bus-Timeout-Ms',
  /** The sealed caller. */
  principal: 'Bus-Principal',
  requestId: 'X-Request-ID',
  error: 'Nats-Service-Error',
  errorCode: 'Nats-Service-Error-Code',
  messageId: 'Nats-Msg-Id',
  traceparent: 'traceparent',
} as const;

const VERSION = 'NATS/1.0';
const LINE_BREAK = /[\r\n]/;
const NAME = /^[\x21-\x39\x3b-\x7e]+$/;

/** Headers of an outgoing message, in the form that the client library publishes. */
export class OutgoingHeaders {
  private lines: string;

  /** @param base headers to start with. */
  constructor(base?: OutgoingHeaders) {
    this.lines = base?.lines ?? '';
  }

  get isEmpty(): boolean {
    return this.lines === '';
  }

  /** @throws TypeError for a name or value that would break the header. */
  set(name: string, value: string): this {
    if (LINE_BREAK.test(value) || !NAME.test(name)) throw new TypeError(`The header ${name} cannot be sent.`);
    this.lines += `${name}: ${value}\r\n`;
    return this;
  }

  /** Called by the client library. */
  encode(): Uint8Array {
    return Buffer.from(`${VERSION}\r\n${this.lines}\r\n`);
  }

  /** For the client library's publish. */
  forPublish(): { headers?: MsgHdrs } {
    return this.isEmpty ? {} : { headers: this as unknown as MsgHdrs };
  }
}

/** Received headers. Names are case-insensitive because people type them. */
export class IncomingHeaders {
  private lower: string | undefined;

  /** @param text `NATS/1.0`, an optional status, and a line for each header. */
  constructor(private readonly text: string) {}

  static of(record: Readonly<Record<string, string>>): IncomingHeaders {
    const lines = Object.entries(record).map(([name, value]) => `${name}: ${value}\r\n`);
    return new IncomingHeaders(`${VERSION}\r\n${lines.join('')}\r\n`);
  }

  /** `503` is the server's `no responders`; 0 without a status. */
  get status(): number {
    return this.text.startsWith('\r', VERSION.length)
      ? 0
      : Number(this.text.slice(VERSION.length + 1, VERSION.length + 4));
  }

  get(name: string): string | undefined {
    let at = this.text.indexOf(`\r\n${name}:`);
    if (at === -1) {
      this.lower ??= this.text.toLowerCase();
      at = this.lower.indexOf(`\r\n${name.toLowerCase()}:`);
      if (at === -1) return undefined;
    }
    const begin = at + name.length + 3;
    return this.text.slice(begin, this.text.indexOf('\r\n', begin)).trim();
  }

  /** The last header with exactly this name: a server appends its own to those of the client. */
  last(name: string): string | undefined {
    const at = this.text.lastIndexOf(`\r\n${name}:`);
    if (at === -1) return undefined;
    const begin = at + name.length + 3;
    return this.text.slice(begin, this.text.indexOf('\r\n', begin)).trim();
  }

  /** All headers, unchanged. */
  entries(): [string, string][] {
    return this.text
      .split('\r\n')
      .slice(1)
      .flatMap((line) => {
        const colon = line.indexOf(':');
        return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()] as [string, string]] : [];
      });
  }
}

export const NO_HEADERS = new IncomingHeaders(`${VERSION}\r\n\r\n`);

/** Internals of the client library that contain the received bytes. */
interface RawMessage {
  _rdata?: Uint8Array;
  _msg?: { hdr: number };
  /** Set for messages of a stream: the inner message. */
  msg?: RawMessage;
}

/** The headers of a core message or of a stream's message. */
export function headersOf(message: { readonly headers?: MsgHdrs | undefined }): IncomingHeaders {
  const received = message as RawMessage;
  const { _rdata: raw, _msg: frame } = received.msg ?? received;
  if (raw && frame) return frame.hdr > 0 ? new IncomingHeaders(textOf(raw, frame.hdr)) : NO_HEADERS;
  return message.headers ? IncomingHeaders.of(firstValues(message.headers)) : NO_HEADERS;
}

function textOf({ buffer, byteOffset }: Uint8Array, length: number): string {
  return Buffer.from(buffer, byteOffset, length).toString();
}

function firstValues(headers: MsgHdrs): Record<string, string> {
  return Object.fromEntries(headers.keys().map((name) => [name, headers.get(name)]));
}
