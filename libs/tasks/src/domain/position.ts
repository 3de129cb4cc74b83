// Keys of the manual order: texts over 0-9a-z that compare as bytes. A new task's key is its own UUIDv7 in hexadecimal, so
// it goes to the end without a look at the others; a moved one gets a key between its neighbours'.

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const BASE = DIGITS.length;

/** The key of a new task: after those of all tasks made before. */
export function positionOfNew(id: string): string {
  return id.replaceAll('-', '');
}

/**
 * A key strictly between two others. It never ends in 0, so there is always room before it.
 * @param low '' for the beginning. @param high undefined for the end.
 */
export function positionBetween(low: string, high: string | undefined): string {
  if (high !== undefined && low >= high) throw new RangeError(`There is nothing between ${low} and ${high}.`);
  let key = '';
  let bounded = high !== undefined;
  for (let index = 0; ; index += 1) {
    const floor = index < low.length ? digitAt(low, index) : 0;
    const ceiling = bounded && high !== undefined ? (index < high.length ? digitAt(high, index) : 0) : BASE;
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
