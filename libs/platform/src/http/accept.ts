// Content negotiation for this API (RFC 9110, section 12.5.1).

export const JSON_TYPE = 'application/json';
const ERROR_TYPES = ['application/json', 'application/problem+json'] as const;

/** Whether the type is acceptable. */
export function accepts(accept: string | undefined, type: string): boolean {
  return accept === undefined || accept === '*/*' || accept === type || quality(accept, type) > 0;
}

/** Whether the type is preferred to the other one. */
export function prefers(accept: string | undefined, type: string, other: string): boolean {
  return accept !== undefined && accept !== '*/*' && quality(accept, type) > quality(accept, other);
}

/** Whether a problem document (RFC 9457) is preferred for errors. */
export function prefersProblem(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('problem+json')) return false;
  return prefers(accept, ERROR_TYPES[1], ERROR_TYPES[0]);
}

/** The weight of the most specific range that matches the type; 0: not acceptable. */
function quality(accept: string, type: string): number {
  const [major = ''] = type.split('/');
  let best = { rank: 0, weight: 0 };
  for (const part of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    const rank = range === type ? 3 : range === `${major}/*` ? 2 : range === '*/*' ? 1 : 0;
    if (rank <= best.rank) continue;
    const weight = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
    best = { rank, weight: Number.isFinite(weight) ? weight : 0 };
  }
  return best.weight;
}
