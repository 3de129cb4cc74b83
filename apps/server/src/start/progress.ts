// Says what is going on while something takes longer than a second.

const PATIENCE_MS = 1_000;

export type Say = (line: string) => void;

export async function withProgress<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => say(`${what} …`), PATIENCE_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
