import { DAY_SECONDS, dateOf, modulo } from './civil-calendar.js';
import type { CompiledRule } from './compile-rule.js';
import { dayOfLocal, formatDay, formatTimeOfDay } from './local-time.js';

/** Texts of local times. Consecutive ones share a day or a time of day, so the parts are kept. */
export class LocalTexts {
  /** Whether the day of the last text replaces one that the month does not have. */
  monthEnd: 'month_end' | null = null;
  #day = NaN;
  #dayText = '';
  readonly #times = new Map<number, string>();
  readonly #suffix: string;
  readonly #clampedBelow: number;

  constructor({ isElapsed, clampedBelow }: CompiledRule) {
    this.#suffix = isElapsed ? 'Z' : '';
    this.#clampedBelow = clampedBelow;
  }

  of(local: number): string {
    const day = dayOfLocal(local);
    if (day !== this.#day) this.#turnTo(day);
    const time = modulo(local, DAY_SECONDS);
    let text = this.#times.get(time);
    if (text === undefined) this.#times.set(time, (text = formatTimeOfDay(time) + this.#suffix));
    return this.#dayText + text;
  }

  #turnTo(day: number): void {
    this.#day = day;
    this.#dayText = formatDay(day);
    this.monthEnd = this.#clampedBelow > 0 && dateOf(day).day < this.#clampedBelow ? 'month_end' : null;
  }
}
