// Signed notes of where the chain ended, kept outside of the database: without them, who removes the newest rows and moves
// the head back leaves a chain that is whole.
import type { AuditKeys } from './audit-keys.js';

/** Where notes are kept. */
export interface CheckpointStore {
  put(text: string): Promise<void>;
  /** The newest ones, as many as are worth a look. */
  recent(): Promise<string[]>;
}

export interface Checkpoint {
  seq: string;
  /** Hexadecimal. */
  hash: string;
}

export interface Noted {
  /** Those that we have signed. */
  valid: Checkpoint[];
  /** Number of texts that are no checkpoints, or carry another signature. */
  forged: number;
}

export interface CheckpointsOptions {
  store: CheckpointStore;
  keys: AuditKeys;
  /** The hash that the chain has there now; undefined where it has none. */
  hashAt: (seq: string) => Promise<string | undefined>;
  /** Leaves out those that an accepted restore has made void. */
  standing: (checkpoints: readonly Checkpoint[]) => Promise<readonly Checkpoint[]>;
  onError?: ((error: unknown) => void) | undefined;
}

/** The stream of notes: beside the database, whose writers cannot change it. */
export const AUDIT_CHECKPOINTS = { name: 'AUDIT_CHECKPOINTS', subject: 'audit.checkpoint' };
const PAUSE_MS = 200;
const RETRY_MS = 5_000;

export class Checkpoints {
  private newest: Checkpoint | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: CheckpointsOptions) {}

  /** After a commit; many at once make one note. */
  note(seq: string, hash: Buffer): void {
    if (this.newest && BigInt(this.newest.seq) >= BigInt(seq)) return;
    this.newest = { seq, hash: hash.toString('hex') };
    this.schedule(PAUSE_MS);
  }

  /** The store may have lost the newest one, as after a power cut. */
  noteAgain(): void {
    if (this.newest) this.schedule(PAUSE_MS);
  }

  /** Writes what is outstanding. */
  async stop(): Promise<void> {
    if (this.timer) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.write();
    }
    await this.writing;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** @returns undefined where they cannot be had. */
  async noted(): Promise<Noted | undefined> {
    try {
      const texts = await this.options.store.recent();
      const read = texts.map((text) => this.read(text));
      const valid = read.filter((checkpoint) => checkpoint !== undefined);
      return { valid, forged: texts.length - valid.length };
    } catch (error) {
      this.options.onError?.(error);
      return undefined;
    }
  }

  private read(text: string): Checkpoint | undefined {
    try {
      const { seq, hash, key_id, signature } = JSON.parse(text) as Checkpoint & { key_id: string; signature: string };
      const ours = this.options.keys.verifies(key_id, signed({ seq, hash }), Buffer.from(signature, 'hex'));
      return ours ? { seq, hash } : undefined;
    } catch {
      return undefined;
    }
  }

  private schedule(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.write();
    }, ms).unref();
  }

  private write(): void {
    const { newest } = this;
    if (!newest) return;
    this.writing = this.writing
      .then(() => this.put(newest))
      .catch((error: unknown) => {
        this.options.onError?.(error);
        this.schedule(RETRY_MS);
      });
  }

  /** Never one that is older than what is noted, and none on top of a chain that is not what was noted. */
  private async put(checkpoint: Checkpoint): Promise<void> {
    const { store, keys, hashAt, standing, onError } = this.options;
    const last = highest(await standing((await store.recent()).flatMap((text) => this.read(text) ?? [])));
    if (last && BigInt(last.seq) >= BigInt(checkpoint.seq)) {
      if (last.seq !== checkpoint.seq) onError?.(new Error(`A checkpoint at ${last.seq} is there already.`));
      return;
    }
    if (last && (await hashAt(last.seq)) !== last.hash) {
      onError?.(new Error(`The audit trail is not what it was at ${last.seq}: no checkpoint is put on top of it.`));
      return;
    }
    const signature = keys.sign(signed(checkpoint)).toString('hex');
    await store.put(JSON.stringify({ ...checkpoint, key_id: keys.currentId, signature }));
  }
}

export function highest(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  return checkpoints.reduce<Checkpoint | undefined>(
    (best, next) => (best && BigInt(best.seq) >= BigInt(next.seq) ? best : next),
    undefined,
  );
}

function signed({ seq, hash }: Checkpoint): unknown[] {
  return ['checkpoint', seq, hash];
}
