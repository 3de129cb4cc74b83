// Compresses answers for clients that accept it. A short answer costs a comparison of its length.
import { pipeline, type Readable } from 'node:stream';
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  gzip,
  zstdCompress,
  type BrotliOptions,
  type ZlibOptions,
  type ZstdOptions,
} from 'node:zlib';
import { CONTENT_ENCODINGS, encodedTag, type ContentEncoding } from '@mono/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addVary, encodingFor } from './content-encoding.js';

/** Shorter ones fit in a packet or two with their head: there is nothing to gain. */
export const COMPRESS_FROM_BYTES = 1_400;
const COMPRESSIBLE = /^(?:text\/(?!event-stream)|application\/(?:json|[\w.-]+\+json|xml|[\w.-]+\+xml|javascript))/;

// Where the next level takes twice as long for a twentieth less: measured with a page of tasks.
const BROTLI: BrotliOptions = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 3,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  },
};
const ZSTD: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
const GZIP: ZlibOptions = { level: 4 };

type Compressed = (error: Error | null, bytes: Buffer) => void;

const WHOLE: Record<ContentEncoding, (body: string | Buffer, done: Compressed) => void> = {
  zstd: (body, done) => zstdCompress(body, ZSTD, done),
  br: (body, done) => brotliCompress(body, BROTLI, done),
  gzip: (body, done) => gzip(body, GZIP, done),
};
const PIECEWISE: Record<ContentEncoding, () => NodeJS.ReadWriteStream> = {
  zstd: () => createZstdCompress(ZSTD),
  br: () => createBrotliCompress(BROTLI),
  gzip: () => createGzip(GZIP),
};

/** Streams that take over their connection, such as events, are not concerned. */
export function compressAnswers(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    if (!isWorthwhile(payload) || !isCompressible(request, reply)) {
      done(null, payload);
      return;
    }
    addVary(reply, 'Accept-Encoding');
    const encoding =
      request.method === 'HEAD' ? undefined : encodingFor(request.headers['accept-encoding'], CONTENT_ENCODINGS);
    if (encoding === undefined) done(null, payload);
    else if (isStream(payload)) {
      markEncoded(reply, encoding);
      // Fastify reports the failure of the last stream, and the adapter that of the first.
      done(
        null,
        pipeline(payload, PIECEWISE[encoding](), () => {}),
      );
    } else
      WHOLE[encoding](payload, (error, bytes) => {
        if (error) {
          done(error);
          return;
        }
        void markEncoded(reply, encoding).header('content-length', bytes.length);
        done(null, bytes);
      });
  });
}

function isWorthwhile(payload: unknown): payload is string | Buffer | Readable {
  if (typeof payload === 'string') return payload.length >= COMPRESS_FROM_BYTES;
  return Buffer.isBuffer(payload) ? payload.length >= COMPRESS_FROM_BYTES : isStream(payload);
}

function isStream(payload: unknown): payload is Readable {
  return typeof payload === 'object' && payload !== null && 'pipe' in payload;
}

function isCompressible({ routeOptions: { config } }: FastifyRequest, reply: FastifyReply): boolean {
  const { statusCode } = reply;
  if (statusCode === 204 || statusCode === 206 || statusCode === 304) return false;
  const { 'content-type': type, 'content-encoding': encoding, 'cache-control': caching } = reply.getHeaders();
  if (encoding !== undefined || typeof type !== 'string' || !COMPRESSIBLE.test(type)) return false;
  return config.compress ?? !(config.public === true || mayHoldSecret(caching));
}

/** The length of a compressed answer shows whether what the caller has sent resembles the secret (BREACH). */
function mayHoldSecret(caching: unknown): boolean {
  return typeof caching === 'string' && caching.includes('no-store');
}

/** Another encoding is another representation, with an entity tag of its own. */
function markEncoded(reply: FastifyReply, encoding: ContentEncoding): FastifyReply {
  const tag = reply.getHeader('etag');
  if (typeof tag === 'string') void reply.header('etag', encodedTag(tag, encoding));
  return reply.removeHeader('content-length').header('content-encoding', encoding);
}
