// A zone as a table of its changes, and a yearly rule for what comes after the last of them.
import { readPosixRule } from './posix-rule.js';
import type { Transition, ZoneRules, ZoneTable } from './zone-rules.js';

/** No clock is set farther from UTC. */
const MAX_OFFSET = 26 * 3600;

/** @param tail instead of a footer. @throws RangeError: the table contradicts itself */
export function tableRules(table: ZoneTable): ZoneRules {
  const { first, instants, offsets, footer } = table;
  if (instants.length !== offsets.length) throw new RangeError('A zone has a change without an offset.');
  if (
    instants.some((instant, index) => !Number.isSafeInteger(instant) || instant <= (instants[index - 1] ?? -Infinity))
  )
    throw new RangeError('The changes of a zone are not in order.');
  if ([first, ...offsets].some((offset) => !Number.isInteger(offset) || Math.abs(offset) > MAX_OFFSET))
    throw new RangeError('An offset of a zone is more than 26 hours.');
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

/** Of the last change at or before the instant; -1: there is none. */
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
  if (!tail) throw new RangeError(`The yearly rule of a zone cannot be read: ${footer.slice(0, 100)}`);
  return tail;
}
