// The rules of one zone, independent of their source. Instants and offsets are whole seconds; offsets are positive east of UTC.

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
  /** The same as plain values; undefined if the source has none. */
  table?: ZoneTable;
}

export interface ZoneTable {
  /** The offset before the first change. */
  first: number;
  /** Seconds since 1970, ascending. */
  instants: readonly number[];
  /** The offset from each of the instants on. */
  offsets: readonly number[];
  /** The yearly rule after the last change in the format of POSIX TZ. If empty, the last offset stays. */
  footer: string;
}

/** The zones of one release of the IANA database. */
export interface ZoneData {
  /** The release of the IANA database, such as `2026f`. */
  release: string;
  /** A description of the source. */
  origin: string;
  /** The spelling of the IANA database, for a name in any case; undefined for an unknown zone. */
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
