// Passwords as Argon2id hashes in the PHC string format. A hash takes some 30 ms of a core and 19 MiB: they are bounded.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ConcurrencyLimit } from './concurrency-limit.js';

/** OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Argon2 version 1.3, which is the only one that Node computes. */
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;
/** libuv has four threads, which files and DNS need as well. */
const RUNNING = 2;
/** Some 5 seconds of them. */
const WAITING = 256;

const derive = promisify(argon2);

interface Parsed {
  parameters: typeof PARAMETERS;
  salt: Buffer;
  hash: Buffer;
}

/** Compared where there is no account: the same work, and no password matches. */
const NOBODY: Parsed = { parameters: PARAMETERS, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };

@Injectable()
export class Passwords {
  /** How many hashes this node has computed. */
  computed = 0;
  private readonly places = new ConcurrencyLimit({ running: RUNNING, waiting: WAITING });

  /** @returns `$argon2id$v=19$m=…,t=…,p=…$<salt>$<hash>`. @throws UnavailableError when too many wait. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.compute(password, { parameters: PARAMETERS, salt, hash: NOBODY.hash });
    const { memory, passes, parallelism } = PARAMETERS;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
  }

  /**
   * @param stored a hash. null and undefined never match, and take as long.
   * @throws UnavailableError when too many wait.
   */
  async matches(password: string, stored: string | null | undefined): Promise<boolean> {
    const known = parse(stored);
    const expected = known ?? NOBODY;
    const computed = await this.compute(password, expected);
    return timingSafeEqual(computed, expected.hash) && known !== undefined;
  }

  private compute(password: string, { parameters, salt, hash }: Parsed): Promise<Buffer> {
    return this.places.run(() => {
      this.computed += 1;
      // The same characters in another encoding are the same password (NIST SP 800-63B, 5.1.1.2).
      const message = password.normalize('NFKC');
      return derive('argon2id', { message, nonce: salt, tagLength: hash.length, ...parameters });
    });
  }
}

function parse(stored: string | null | undefined): Parsed | undefined {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(stored ?? '') ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
