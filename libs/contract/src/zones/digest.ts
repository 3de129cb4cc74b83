import { createHash } from 'node:crypto';
import type { ZoneRules } from './zone-rules.js';

/** Earlier instants are history and never recalculated. */
const FROM = Date.parse('2025-01-01T00:00:00Z') / 1000;
/** Later years follow the yearly rule of the years before. */
const TO = Date.parse('2045-01-01T00:00:00Z') / 1000;

/** Equal for rules with the same local times from 2025 on, independent of their source. */
export function digestOf(rules: ZoneRules): string {
  const changes = rules.transitions(FROM, TO).map(({ instant, after }) => `${instant}:${after}`);
  return createHash('sha256')
    .update([rules.offsetAt(FROM), ...changes].join(' '))
    .digest('hex')
    .slice(0, 16);
}
