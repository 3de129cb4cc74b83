// The rules of one zone, whatever they were read from. Instants and offsets in whole seconds; offsets are positive in the east.

export interface Transition {
  /** The first second with the new offset. */
  instant: number;
  before: number;
  after: number;
}

export interface ZoneRules {
  offsetAt(instant: number): number;
  /** Every change of the offset in `(from, to]`, in order. */
  transitions(from: number, to: number): Transition[];
  /** The same as plain values; absent where the source has none. */
  table?: ZoneTable;
}

export interface ZoneTable {
  /** Before the first change. */
  first: number;
  /** Seconds since 1970, ascending. */
  instants: readonly number[];
  /** From each of the instants on. */
  offsets: readonly number[];
  /** The yearly rule after the last change, as POSIX writes it in TZ; empty: the last offset stays. */
  footer: string;
}

/** The zones of one release of the IANA database. */
export interface ZoneData {
  /** Of the IANA database, such as `2026f`. */
  release: string;
  /** Where it comes from, for people. */
  origin: string;
  /** The spelling of the IANA database, whatever the case of `text`; undefined for an unknown zone. */
  nameOf(text: string): string | undefined;
  /** All names, in the spelling of the IANA database. */
  names(): string[];
  /** @param name as `nameOf` returns it. */
  rulesOf(name: string): ZoneRules | undefined;
}

/** A name of the IANA database: nothing else reaches ICU, a file or a cache. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]{0,30}(?:\/[A-Za-z0-9_+-]{1,30}){0,2}$/;

export function isZoneName(text: string): boolean {
  return ZONE_NAME.test(text);
}
