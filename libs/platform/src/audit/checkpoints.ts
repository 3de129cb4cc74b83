// Signed notes of where the chain ended, kept outside of the database: without them, who removes the newest rows and moves
// the head back leaves a chain that is whole.
import type { AuditKeys } from './audit-keys.js';

/** Where notes are kept; the newest counts. */
export interface CheckpointStore {
  put(text: string): Promise<void>;
  latest(): Promise<string | undefined>;
}

export interface Checkpoint {
  seq: string;
  /** Hexadecimal. */
  hash: string;
}

const PAUSE_MS = 200;
const RETRY_MS = 5_000;

export class Checkpoints {
  private newest: Checkpoint | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: CheckpointStore,
    private readonly keys: AuditKeys,
    private readonly onError: (error: unknown) => void = () => {},
  ) {}

  /** After a commit; many at once make one note. */
  note(seq: string, hash: Buffer): void {
    if (this.newest && BigInt(this.newest.seq) >= BigInt(seq)) return;
    this.newest = { seq, hash: hash.toString('hex') };
    this.schedule(PAUSE_MS);
  }

  /** Writes what is outstanding. */
  async stop(): Promise<void> {
    if (this.timer) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.write();
    }
    await this.writing;
  }

  /** @returns undefined where there is none, none can be had, or it is not ours. */
  async latest(): Promise<Checkpoint | undefined> {
    const text = await this.store.latest().catch((error: unknown) => {
      this.onError(error);
      return undefined;
    });
    if (text === undefined) return undefined;
    const { seq, hash, key_id, signature } = JSON.parse(text) as Checkpoint & { key_id: string; signature: string };
    return this.keys.verifies(key_id, signed({ seq, hash }), Buffer.from(signature, 'hex')) ? { seq, hash } : undefined;
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
    const signature = this.keys.sign(signed(newest)).toString('hex');
    const text = JSON.stringify({ ...newest, key_id: this.keys.currentId, signature });
    this.writing = this.writing
      .then(() => this.store.put(text))
      .catch((error: unknown) => {
        this.onError(error);
        this.schedule(RETRY_MS);
      });
  }
}

function signed({ seq, hash }: Checkpoint): unknown[] {
  return ['checkpoint', seq, hash];
}
