// What a server of NATS must be for what is built on it here: headers, no-responders and JetStream's pull consumers came
// earlier, direct gets and consumer updates with 2.9.
const LEAST = [2, 9, 0] as const;

/** @returns why the server will not do; undefined when it will. */
export function tooOld(version: string): string | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  // A form of version that nobody knows is not an old one.
  if (!parts || !isLess(parts, LEAST)) return undefined;
  return `The NATS server is ${version}; ${LEAST.join('.')} is the least.`;
}

function isLess(parts: readonly number[], least: readonly number[]): boolean {
  const differing = least.findIndex((part, index) => part !== parts[index]);
  return differing !== -1 && (parts[differing] ?? 0) < (least[differing] ?? 0);
}
