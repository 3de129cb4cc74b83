// The event types of a webhook: `tasks.completed`, `tasks.*`, `*`.

export const TEST_TYPE = 'webhooks.test';

/** The types that a pattern stands for, without those that it stands for by a wildcard only. */
export function matches(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matchesOne(pattern, type));
}

export function matchesOne(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

/** Says what is wrong with a pattern, and what was expected; undefined if it stands for a known type. */
export function faultOfPattern(pattern: string, known: readonly string[]): string | undefined {
  if (known.some((type) => matchesOne(pattern, type))) return undefined;
  const [module = ''] = pattern.split('.');
  const ofModule = known.filter((type) => type.startsWith(`${module}.`));
  const expected =
    ofModule.length > 0
      ? [`${module}.*`, ...ofModule]
      : ['*', ...new Set(known.map((type) => `${type.slice(0, type.indexOf('.'))}.*`))];
  return `is no event type ("${pattern.slice(0, 64)}"): expected one of ${expected.join(', ')}`;
}
