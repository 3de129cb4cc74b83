// Local time in the zones of the IANA database. Without input or output: domains import it.
export { useZoneData, Zone, zoneData, zoneNameOf, type Stretch } from './zone.js';
export { isZoneName, type Transition, type ZoneData, type ZoneRules, type ZoneTable } from './zone-rules.js';
export { DAY_SECONDS, dayNumber, isLeapYear, yearOfSecond } from './civil-days.js';
export { digestOf } from './digest.js';
export { icuZones } from './icu-zones.js';
export { tableRules } from './table-rules.js';
export { yearlyRuleOf } from './yearly-rule.js';
export {
  instantOfMoment,
  instantOfWallTime,
  offsetTextAt,
  startOfDayIn,
  wallTimeAt,
  withInstants,
} from './wall-time.js';
export { readPosixRule } from './posix-rule.js';
