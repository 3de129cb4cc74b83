// Dates and times as a calendar has them, and what they are to us: local times of a zone, instants with `Z`, or days.
import { instantOfWallTime, wallTimeAt, zoneNameOf } from '@mono/contract/zones';
import type ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';

export interface CalendarTime {
  /** `2026-05-04T09:00:00`, with `Z` in UTC, or a date. */
  text: string;
  /** IANA; null where it floats or is a day; undefined where TZID names none that is known. */
  zone: string | null | undefined;
  isDay: boolean;
}

/** Resolves a TZID: by its IANA name, by the VTIMEZONE, or by its last part. */
export type Zones = (tzid: string) => string | undefined;

export function zonesOf(timeZones: readonly ICAL.Component[]): Zones {
  const said = new Map<string, string>();
  const known = new Map<string, string | undefined>();
  for (const zone of timeZones) {
    const location = zone.getFirstPropertyValue('x-lic-location');
    if (typeof location === 'string') said.set(String(zone.getFirstPropertyValue('tzid')), location);
  }
  return (tzid) => {
    if (!known.has(tzid)) {
      const names = [tzid, said.get(tzid), lastParts(tzid)];
      known.set(
        tzid,
        names.map((name) => (name === undefined ? undefined : zoneNameOf(name))).find((name) => name !== undefined),
      );
    }
    return known.get(tzid);
  };
}

/** `/freeassociation.sourceforge.net/Europe/Berlin`: globally unique by RFC 5545, 3.2.19. */
function lastParts(tzid: string): string | undefined {
  return tzid.startsWith('/') ? tzid.split('/').slice(2).join('/') : undefined;
}

/** All values of a property with times. */
export function timesOf(property: ICAL.Property, zones: Zones): CalendarTime[] {
  const [, parameters, type, ...values] = property.jCal as [string, { tzid?: string }, string, ...unknown[]];
  return values.map((value) => {
    const text = String(value);
    if (type === 'date') return { text, zone: null, isDay: true };
    if (text.endsWith('Z')) return { text, zone: 'UTC', isDay: false };
    return { text, zone: parameters.tzid === undefined ? null : zones(parameters.tzid), isDay: false };
  });
}

/** As `original_start` of a rule in the zone, or an instant with `Z` where it is of another zone. */
export function inZone({ text, zone, isDay }: CalendarTime, ruleZone: string | null): string {
  if (isDay || zone === ruleZone || zone === null || zone === undefined || text.endsWith('Z')) return text;
  const instant = instantOfWallTime(zone, Temporal.PlainDateTime.from(text));
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since 1970. @param floating the zone of what names none. */
export function instantOf({ text, zone }: CalendarTime, floating: string): number {
  if (text.endsWith('Z')) return Date.parse(text);
  return instantOfWallTime(zone ?? floating, Temporal.PlainDateTime.from(text));
}

/** As a local time of the zone. */
export function localIn(time: CalendarTime, zone: string): string {
  if (time.isDay) return `${time.text}T00:00:00`;
  if (!time.text.endsWith('Z') && (time.zone ?? zone) === zone) return time.text;
  return wallTimeAt(zone, instantOf(time, zone)).toString({ smallestUnit: 'second' });
}
