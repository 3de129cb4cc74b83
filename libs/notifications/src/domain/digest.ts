// The day and the time of digests: at most one per calendar day of the user.
import { createHash } from 'node:crypto';
import { instantOfWallTime, startOfDayIn, wallTimeAt, zoneNameOf } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

export interface DigestState {
  /** Milliseconds since 1970. */
  nowMs: number;
  /** IANA name. */
  zone: string;
  /** `HH:MM`, local. */
  time: string;
  /** No digest whose time was before: milliseconds since 1970. */
  sinceMs: number;
  /** The last day that is done (`YYYY-MM-DD`); null for none. */
  lastDay: string | null;
}

export interface DigestPlan {
  /** The day whose digest is due now. */
  day: string | undefined;
  /** The time of the next one: milliseconds since 1970. */
  nextMs: number;
}

/**
 * A digest whose time has passed is due until the end of its day, such as after an outage. A time that clocks skip is later by the gap, one
 * that they repeat is the first of the two.
 */
export function planDigest({ nowMs, zone, time, sinceMs, lastDay }: DigestState): DigestPlan {
  const today = wallTimeAt(zone, nowMs).toPlainDate();
  const timeMs = (day: Temporal.PlainDate): number =>
    instantOfWallTime(zone, day.toPlainDateTime(Temporal.PlainTime.from(time)));
  const isDone = (day: Temporal.PlainDate): boolean => lastDay !== null && day.toString() <= lastDay;
  const isDue = !isDone(today) && timeMs(today) <= nowMs && timeMs(today) >= sinceMs;
  let next = isDue ? today.add({ days: 1 }) : today;
  while (isDone(next) || timeMs(next) <= nowMs || timeMs(next) < sinceMs) next = next.add({ days: 1 });
  return { day: isDue ? today.toString() : undefined, nextMs: timeMs(next) };
}

/** The ends of today and of tomorrow: milliseconds since 1970. */
export function endsOf(day: string, zone: string): { today: number; tomorrow: number } {
  const date = Temporal.PlainDate.from(day);
  return { today: startOfDayIn(zone, date.add({ days: 1 })), tomorrow: startOfDayIn(zone, date.add({ days: 2 })) };
}

export function dayIn(zone: string, nowMs: number): string {
  return wallTimeAt(zone, nowMs).toPlainDate().toString();
}

/** UTC if this node does not know the zone. */
export function knownZone(zone: string): string {
  return zoneNameOf(zone) ?? 'UTC';
}

/** Identifies the event and, as the mail's Message-ID, the mail: a UUIDv7 of the day whose rest is a hash. */
export function digestId(userId: string, day: string): string {
  const hash = createHash('sha256').update(`digest ${userId} ${day}`).digest();
  hash.writeUIntBE(Date.parse(day), 0, 6);
  hash.writeUInt8(0x70 | (hash.readUInt8(6) & 0x0f), 6);
  hash.writeUInt8(0x80 | (hash.readUInt8(8) & 0x3f), 8);
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
