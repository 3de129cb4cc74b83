// Lists of numbers as the engine wants them: in order, without repeats.

export function sorted(numbers: number[]): number[] {
  return isInOrder(numbers) ? numbers : [...new Set(numbers)].sort((a, b) => a - b);
}

/** Most lists hold one number, or come in order. */
function isInOrder(numbers: number[]): boolean {
  for (let index = 1; index < numbers.length; index += 1)
    if ((numbers[index - 1] ?? 0) >= (numbers[index] ?? 0)) return false;
  return true;
}
