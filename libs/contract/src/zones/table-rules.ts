// The rules of a zone from a table of changes, and a yearly rule after the last change.
import { readPosixRule } from './posix-rule.js';
import type { Transition, ZoneRules, ZoneTable } from './zone-rules.js';

/** Greater than every real offset. */
const MAX_OFFSET = 26 * 3600;

/** @throws RangeError for an inconsistent table. */
export function tableRules(table: ZoneTable): ZoneRules {
  const { first, instants, offsets, footer } = table;
  if (instants.length !== offsets.length) throw new RangeError('Invalid zone table: a change has no offset.');
  if (
    instants.some((instant, index) => !Number.isSafeInteger(instant) || instant <= (instants[index - 1] ?? -Infinity))
  )
    throw new RangeError('Invalid zone table: the changes are not in order.');
  if ([first, ...offsets].some((offset) => !Number.isInteger(offset) || Math.abs(offset) > MAX_OFFSET))
    throw new RangeError('Invalid zone table: an offset exceeds 26 hours.');
  const last = instants.at(-1) ?? -Infinity;
  const offsetFrom = (index: number): number => (index < 0 ? first : (offsets[index] ?? first));
  const tail = tailOf(footer);
  return {
    table,
    offsetAt: (instant) => (tail && instant >= last ? tail.offsetAt(instant) : offsetFrom(indexAt(instants, instant))),
    transitions(from, to) {
      const found: Transition[] = [];
      for (let index = indexAt(instants, from) + 1; index < instants.length; index += 1) {
        const instant = instants[index] ?? Infinity;
        if (instant > to) break;
        const [before, after] = [offsetFrom(index - 1), offsetFrom(index)];
        if (before !== after) found.push({ instant, before, after });
      }
      if (!tail || to <= last) return found;
      return [...found, ...tail.transitions(Math.max(from, last), to)];
    },
  };
}

/** The index of the last change at or before the instant, or -1. */
function indexAt(instants: readonly number[], instant: number): number {
  let [low, high] = [-1, instants.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((instants[middle] ?? Infinity) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

function tailOf(footer: string): ZoneRules | undefined {
  if (footer === '') return undefined;
  const tail = readPosixRule(footer);
  if (!tail) throw new RangeError(`Invalid yearly rule of a zone: "${footer.slice(0, 100)}".`);
  return tail;
}
