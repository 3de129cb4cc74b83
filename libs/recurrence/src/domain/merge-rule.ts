// A JSON Merge Patch (RFC 7396) of a rule: absent means unchanged, null clears.
import type { Rule, RulePatch } from '../../contract/rule.js';
import { SETTINGS } from './patterns.js';

/** A rule of another kind keeps none of the settings of the former kind: few of them would fit. The result is not checked. */
export function mergedRule(rule: Rule, patch: RulePatch): Rule {
  const kept = Object.entries(rule).filter(([field]) => !isOfKind(field) || !changesKind(rule, patch));
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = new Map<string, unknown>([...kept, ...given]);
  return Object.fromEntries([...merged].filter(([, value]) => value !== null)) as unknown as Rule;
}

export function withZone(rule: Rule, timezone: string): Rule {
  return Object.assign({}, rule, { timezone });
}

function isOfKind(field: string): boolean {
  return field === 'pattern' || SETTINGS.some((setting) => setting === field);
}

function changesKind(rule: Rule, patch: RulePatch): boolean {
  if (patch.pattern) return patch.pattern !== rule.pattern;
  const isRfc = Boolean(patch.rrule ?? patch.rdate);
  return isRfc && Boolean(rule.pattern);
}
