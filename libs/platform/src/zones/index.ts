// Local time in the zones of the IANA database. Without input or output: domains import it.
export { useZoneData, Zone, zoneData, zoneNameOf, type Stretch } from './zone.js';
export { isZoneName, type Transition, type ZoneData, type ZoneRules } from './zone-rules.js';
