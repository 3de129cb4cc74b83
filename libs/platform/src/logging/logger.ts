// The node's logger: pino, with secrets redacted from every line.
import type { LoggerService } from '@nestjs/common';
import {
  pino,
  stdSerializers,
  stdTimeFunctions,
  destination,
  type DestinationStream,
  type Logger as PinoLogger,
} from 'pino';
import { build as prettyStream } from 'pino-pretty';
import { DomainError } from '@mono/contract';
import { redact } from './redact.js';

export type Logger = PinoLogger;

export interface LoggerOptions {
  level: string;
  format: 'json' | 'pretty';
  /** Added to every line. */
  facts?: (() => object) | undefined;
  /** The destination. Default: standard output. */
  to?: DestinationStream;
}

const SECRET_PATHS = ['password', 'token', 'secret', 'authorization', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

export function createLogger({ level, format, facts: more, to }: LoggerOptions): Logger {
  const stream =
    to ??
    (format === 'pretty'
      ? prettyStream({
          colorize: process.stdout.isTTY,
          ignore: 'pid,hostname',
          singleLine: true,
          translateTime: 'SYS:HH:MM:ss.l',
        })
      : buffered());
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      ...(more && { mixin: more }),
      serializers: { err: describeError },
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
      hooks: { streamWrite: redact },
    },
    stream,
  );
}

/** An unavailable dependency has no useful stack: message and causes suffice. */
function describeError(error: Error): object {
  const described = stdSerializers.err(error);
  if (!(error instanceof DomainError) || error.kind !== 'unavailable') return described;
  return { ...described, stack: undefined };
}

/** Lines are buffered for speed. A kill -9 loses at most the last quarter of a second. */
const BUFFER_BYTES = 8_192;
const FLUSH_MS = 250;

function buffered(): DestinationStream {
  const stream = destination({ minLength: BUFFER_BYTES, sync: false });
  setInterval(() => stream.flush(), FLUSH_MS).unref();
  process.once('exit', () => {
    // The destination is not open yet, so nothing was written.
    try {
      stream.flushSync();
    } catch {
      return;
    }
  });
  return stream;
}

/** Writes Nest's messages to the node's log. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.trace(facts(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(facts(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(facts(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(facts(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) =>
      logger.error(facts(rest), message instanceof Error ? (message.stack ?? message.message) : String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(facts(rest), String(message)),
  };
}

function facts(rest: readonly unknown[]): object {
  return { context: rest.at(-1) };
}
