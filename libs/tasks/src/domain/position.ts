// Keys of the manual order: texts over 0-9a-z that compare as bytes and never end in 0, so that there is always room on
// both sides. A new task's key is its own UUIDv7, so it goes to the end without a look at the others; a moved one gets a
// key between its neighbours'. See ../../decisions/0002-position-keys.md.

import { uuidv7 } from 'uuidv7';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;
const MIDDLE = DIGITS.charAt(BASE / 2);

/** The key of a new task: after those of all tasks made before. */
export function positionOfNew(id: string): string {
  return id.replaceAll('-', '') + MIDDLE;
}

/** The key of an Inbox: before those of all lists that nobody has moved. */
export const POSITION_OF_INBOX = `00${MIDDLE}`;

/** A key directly beside that of a neighbour. @param other the key on the other side of the place; undefined at an end. */
export function positionBeside(side: 'before' | 'after', neighbour: string, other: string | undefined): string {
  if (side === 'before') return positionBetween(other ?? '', neighbour, other === undefined ? 'high' : 'low');
  if (other !== undefined) return positionBetween(neighbour, other, 'high');
  // Last, but before all that is still to come.
  const end = positionOfNew(uuidv7());
  return positionBetween(neighbour, end > neighbour ? end : undefined, 'low');
}

/**
 * A key strictly between two others. People put many things at one place, so it stands close to the neighbour at which
 * the next one will not be put: keys stay short.
 * @param low '' for the beginning. @param high undefined for the end.
 */
export function positionBetween(low: string, high: string | undefined, close: 'low' | 'high'): string {
  if (high !== undefined && low >= high) throw new RangeError(`There is nothing between ${low} and ${high}.`);
  const step = close === 'low' ? stepFrom(low, 1) : high === undefined ? undefined : stepFrom(high, -1);
  if (step !== undefined && step > low && (high === undefined || step < high)) return step;
  return middle(low, high);
}

/** The next key of about the same length; undefined where the digits do not suffice. */
function stepFrom(key: string, by: 1 | -1): string | undefined {
  const limit = by === 1 ? BASE - 1 : 0;
  let index = key.length - 1;
  while (index >= 0 && digitAt(key, index) === limit) index -= 1;
  if (index < 0) return undefined;
  const digit = DIGITS.charAt(digitAt(key, index) + by);
  // A carry leaves the digits behind it open: the middle is as good as any.
  const stepped = key.slice(0, index) + digit;
  return index < key.length - 1 || digit === '0' ? stepped + MIDDLE : stepped;
}

function middle(low: string, high: string | undefined): string {
  let key = '';
  let bounded = high !== undefined;
  for (let index = 0; ; index += 1) {
    const floor = index < low.length ? digitAt(low, index) : 0;
    const ceiling = bounded && high !== undefined && index < high.length ? digitAt(high, index) : bounded ? 0 : BASE;
    if (ceiling - floor > 1) return key + DIGITS.charAt(Math.floor((floor + ceiling) / 2));
    key += DIGITS.charAt(floor);
    // From here on anything above the rest of `low` is below `high`.
    if (ceiling > floor) bounded = false;
  }
}

function digitAt(key: string, index: number): number {
  const digit = DIGITS.indexOf(key.charAt(index));
  if (digit < 0) throw new RangeError(`${key} is not a position.`);
  return digit;
}
