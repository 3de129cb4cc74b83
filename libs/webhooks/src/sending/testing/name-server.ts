// A name server with a few names, over UDP on a loopback address.
import { createSocket, type Socket } from 'node:dgram';

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const HEADER_BYTES = 12;
const NAME_ERROR = 3;

/** By name: addresses as bytes by type; `silent` never answers. */
export type Zone = Readonly<Record<string, Partial<Record<'A' | 'AAAA', readonly number[]>> | 'silent'>>;

export class NameServer {
  readonly asked: string[] = [];
  private readonly socket: Socket = createSocket('udp4');

  static async start(zone: Zone): Promise<NameServer> {
    const server = new NameServer();
    server.socket.on('message', (question, { port, address }) => {
      const answer = server.answer(zone, question);
      if (answer) server.socket.send(answer, port, address);
    });
    await new Promise<void>((resolve) => {
      server.socket.bind(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      this.socket.close(closed);
    });
  }

  private answer(zone: Zone, question: Buffer): Buffer | undefined {
    const { name, type, end } = questionOf(question);
    this.asked.push(`${type ?? 'other'} ${name}`);
    const found = zone[name];
    if (found === 'silent') return undefined;
    const bytes = type === undefined ? undefined : found?.[type];
    const header = Buffer.alloc(HEADER_BYTES);
    question.copy(header, 0, 0, 2);
    // An answer, with recursion.
    header.writeUInt16BE(0x8180 | (found === undefined ? NAME_ERROR : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(bytes ? 1 : 0, 6);
    return Buffer.concat([
      header,
      question.subarray(HEADER_BYTES, end),
      bytes ? record(question, end, bytes) : Buffer.of(),
    ]);
  }
}

function questionOf(message: Buffer): { name: string; type: 'A' | 'AAAA' | undefined; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: TYPES[message.readUInt16BE(at + 1)], end: at + 5 };
}

function record(question: Buffer, end: number, bytes: readonly number[]): Buffer {
  // The name of the question, its type and class, a time to live of zero, and the address.
  return Buffer.concat([
    Buffer.of(0xc0, HEADER_BYTES),
    question.subarray(end - 4, end),
    Buffer.of(0, 0, 0, 0, 0, bytes.length),
    Buffer.from(bytes),
  ]);
}
