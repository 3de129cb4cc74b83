// Answers that stay the same while the process runs: made, hashed and compressed once, when somebody first asks.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { matchesIfNoneMatch } from '@mono/contract';
import { addVary, encodingFor } from './content-encoding.js';

const [brotli, gzipped] = [promisify(brotliCompress), promisify(gzip)];
/** Good for its time: the highest quality takes many times as long for a tenth less. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } };

const COMPRESSED = ['br', 'gzip'] as const;
const ENCODINGS = [...COMPRESSED, 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

interface FixedAnswer {
  type: string;
  bodies: Record<Encoding, { tag: string; bytes: Buffer }>;
}

/**
 * Keeps what GET answers with 200 as text.
 * @param isFixed by the path of a route. Only routes that are added later are concerned.
 */
export function keepAnswers(server: FastifyInstance, isFixed: (path: string) => boolean): void {
  const answers = new Map<string, FixedAnswer>();
  server.addHook('onRoute', (route) => {
    // HEAD has routes of its own, whose answers have no body to keep.
    if (!['GET', 'HEAD'].includes(String(route.method)) || !isFixed(route.url)) return;
    const path = route.url;
    route.config = { ...route.config, compress: false };
    route.onRequest = [
      ...listOf<'onRequest'>(route.onRequest),
      (request, reply, done) => {
        const answer = answers.get(path);
        if (answer) void reply.send(negotiated(answer, request, reply));
        else done();
      },
    ];
    route.onSend = [
      ...listOf<'onSend'>(route.onSend),
      async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
        if (typeof payload !== 'string' || reply.statusCode !== 200) return payload;
        const answer = answers.get(path) ?? (await fix(payload, String(reply.getHeader('content-type'))));
        answers.set(path, answer);
        return negotiated(answer, request, reply);
      },
    ];
  });
}

type Hook = 'onRequest' | 'onSend';
type HookFunction<Name extends Hook> = Extract<NonNullable<RouteOptions[Name]>, (...args: never[]) => unknown>;

function listOf<Name extends Hook>(hooks: RouteOptions[Name]): HookFunction<Name>[] {
  return (hooks === undefined ? [] : Array.isArray(hooks) ? hooks : [hooks]) as HookFunction<Name>[];
}

async function fix(text: string, type: string): Promise<FixedAnswer> {
  const plain = Buffer.from(text);
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  const [br, gz] = await Promise.all([brotli(plain, BROTLI), gzipped(plain)]);
  const body = (encoding: Encoding, bytes: Buffer) => ({ tag: `"${hash}.${encoding}"`, bytes });
  return { type, bodies: { br: body('br', br), gzip: body('gzip', gz), identity: body('identity', plain) } };
}

/** @returns the body, and undefined where the client has it. */
function negotiated(
  { type, bodies }: FixedAnswer,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): Buffer | undefined {
  const encoding = encodingFor(headers['accept-encoding'], COMPRESSED) ?? 'identity';
  const { tag, bytes } = bodies[encoding];
  void reply.headers({ 'content-type': type, 'cache-control': 'no-cache', etag: tag });
  addVary(reply, 'Accept-Encoding');
  const known = headers['if-none-match'];
  if (known !== undefined && ENCODINGS.some((each) => matchesIfNoneMatch(known, bodies[each].tag))) {
    void reply.code(304).removeHeader('content-length');
    return undefined;
  }
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  void reply.header('content-length', bytes.length);
  return bytes;
}
