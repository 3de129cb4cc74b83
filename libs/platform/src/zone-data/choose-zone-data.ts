// Which zone data a process uses: the newest that it can find.
import { icuZones, useZoneData, type ZoneData } from '@mono/contract/zones';
import { packagedZones } from './packaged-zones.js';
import { systemZones, type OnFault } from './system-zones.js';

/** Summer time and winter time in UTC: what any release of the last decades says of these. */
const KNOWN = [
  { name: 'UTC', summer: 0, winter: 0 },
  { name: 'Asia/Kolkata', summer: 19_800, winter: 19_800 },
  { name: 'Europe/Berlin', summer: 7_200, winter: 3_600 },
  { name: 'America/New_York', summer: -14_400, winter: -18_000 },
];
const SUMMER = Date.parse('2020-07-01T00:00:00Z') / 1000;
const WINTER = Date.parse('2020-01-01T00:00:00Z') / 1000;

export interface ZoneSources {
  /** `ZONEINFO_DIR`: instead of where systems keep zone files. */
  directory: string | undefined;
  onFault: OnFault;
}

/** The newest of all sources that pass a test; of the same release the earlier one. ICU is always there. */
export function newestZoneData({ directory, onFault }: ZoneSources): ZoneData {
  const icu = icuZones();
  const found = [systemZones(directory, onFault), packagedZones()].filter((one) => one !== undefined);
  let newest = icu;
  for (const one of found.toReversed()) {
    if (compareReleases(one.release, newest.release) < 0) continue;
    if (isSane(one)) newest = one;
    else onFault('Zone data that contradicts itself is not used', { release: one.release, origin: one.origin });
  }
  return newest === icu ? icu : withFallback(newest, icu);
}

/** Chooses the zone data of this process. */
export function installZoneData(sources: ZoneSources): ZoneData {
  const newest = newestZoneData(sources);
  useZoneData(newest);
  return newest;
}

/** `2026f` is newer than `2026e`, and `2026za` than `2026z`. Negative: `one` is older. */
export function compareReleases(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function isSane(zones: ZoneData): boolean {
  try {
    return KNOWN.every(({ name, summer, winter }) => {
      const rules = zones.rulesOf(name);
      return rules?.offsetAt(SUMMER) === summer && rules.offsetAt(WINTER) === winter;
    });
  } catch {
    return false;
  }
}

/** A zone that cannot be read, or that only ICU knows, is taken from there: stored names stay usable. */
export function withFallback(zones: ZoneData, fallback: ZoneData): ZoneData {
  return {
    release: zones.release,
    origin: zones.origin,
    nameOf: (text) => zones.nameOf(text) ?? fallback.nameOf(text),
    names: () => zones.names(),
    rulesOf: (name) => zones.rulesOf(name) ?? fallback.rulesOf(name),
  };
}
