// What others are asked before a transaction begins, so that no connection waits for them.

/** The answer as it is needed: a repeat of what was done before needs none, and what went wrong does not concern it. */
export async function askedBefore<T>(question: Promise<T>): Promise<() => T> {
  const [answer] = await Promise.allSettled([question]);
  return () => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };
}
