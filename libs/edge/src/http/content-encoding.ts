// The encoding of an answer, by what its client accepts (RFC 9110, section 12.5.3).
import type { FastifyReply } from 'fastify';

const WEIGHT = /^q=([01](?:\.\d{0,3})?)$/;

/**
 * The offered encoding with the highest weight, the first of equals; undefined where the client names none of them, or prefers the
 * answer as it is. `*` names none.
 */
export function encodingFor<Encoding extends string>(
  accepted: string | undefined,
  offered: readonly Encoding[],
): Encoding | undefined {
  if (accepted === undefined) return undefined;
  const weights = weightsOf(accepted);
  let best = weights.get('identity') ?? 0;
  let found: Encoding | undefined;
  for (const encoding of offered) {
    const weight = weights.get(encoding) ?? 0;
    if (weight === 0 || (found === undefined ? weight < best : weight <= best)) continue;
    best = weight;
    found = encoding;
  }
  return found;
}

function weightsOf(accepted: string): Map<string, number> {
  return new Map(
    accepted
      .toLowerCase()
      .split(',')
      .map((named) => {
        const [name = '', ...parameters] = named.split(';').map((part) => part.trim());
        const weight = parameters.map((parameter) => WEIGHT.exec(parameter)?.[1]).find((value) => value !== undefined);
        return [name, Number(weight ?? 1)];
      }),
  );
}

/** Beside what other hooks say, such as Origin. */
export function addVary(reply: FastifyReply, header: string): void {
  const known = reply.getHeader('vary');
  const listed = typeof known === 'string' ? known.split(',').map((one) => one.trim().toLowerCase()) : [];
  if (listed.includes(header.toLowerCase()) || listed.includes('*')) return;
  void reply.header('vary', typeof known === 'string' && known !== '' ? `${known}, ${header}` : header);
}
