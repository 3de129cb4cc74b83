/** Injects the clock, in milliseconds since 1970. Tests provide their own. */
export const CLOCK = Symbol('clock');
