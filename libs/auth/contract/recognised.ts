// Credentials that were valid when they were last looked up, however long ago: to look them up again is no guess. No proof,
// because they may have ended since.
import { DomainError } from '@mono/contract';

/** Beyond, those that were looked up longest ago are no longer recognised. */
const SIZE = 50_000;

export class Recognised {
  private readonly marks = new Set<string>();

  /** @param mark of the credential, which nobody can guess who never had it. */
  has(mark: string): boolean {
    return this.marks.has(mark);
  }

  /** @param isOver whether a refusal would say no more than that the credential is over: its successor has the same mark. */
  async whileAsking<T>(mark: string, ask: () => Promise<T>, isOver = false): Promise<T> {
    try {
      const answer = await ask();
      this.add(mark);
      return answer;
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'unauthorized' && !isOver) this.marks.delete(mark);
      throw error;
    }
  }

  private add(mark: string): void {
    this.marks.delete(mark);
    if (this.marks.size >= SIZE) {
      const [oldest] = this.marks;
      if (oldest !== undefined) this.marks.delete(oldest);
    }
    this.marks.add(mark);
  }
}
