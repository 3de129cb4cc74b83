// The worst rules that the grammar allows, each previewed: what a step of the budget costs, and what a request does.
import { installZoneData } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import { sample } from 'fast-check';
import { worstRule } from '../../../libs/recurrence/testing/worst-rules.js';
import { Budget, CHECK_STEPS, RULE_STEPS } from '../../../libs/recurrence/src/domain/budget.js';
import { previewOf } from '../../../libs/recurrence/src/domain/preview.js';
import { Schedule } from '../../../libs/recurrence/src/domain/schedule.js';
import { take } from '../../../libs/recurrence/src/domain/take.js';

const RULES = Number(process.env['WORST_RULES'] ?? 500);
const PREVIEWED = 1_000;

interface Measured {
  ms: number;
  nsPerStep: number;
  mb: number;
  outcome: string;
  text: string;
}

export function benchRules(say: (line: string) => void): void {
  installZoneData({ directory: undefined, onFault: say });
  const rules = sample(worstRule(), { numRuns: RULES, seed: 14 });
  const measure = (): Measured[] =>
    rules.map(({ rule, from, to }) => {
      globalThis.gc?.();
      const heap = process.memoryUsage().heapUsed;
      const outcome = { text: 'ok' };
      const ms = processorMs(
        () => (outcome.text = codeOf(() => previewOf({ rule, from, to, limit: PREVIEWED }, 'UTC'))),
      );
      const mb = (process.memoryUsage().heapUsed - heap) / 1e6;
      const budget = new Budget(RULE_STEPS + CHECK_STEPS);
      const walkMs = processorMs(() =>
        codeOf(() => take(Schedule.of(rule, 'UTC', budget).between(from, to), PREVIEWED)),
      );
      const nsPerStep = budget.spent < 100_000 ? 0 : (walkMs * 1e6) / budget.spent;
      return { ms, mb, nsPerStep, outcome: outcome.text, text: JSON.stringify(rule).slice(0, 150) };
    });
  // Once to compile the engine.
  measure();
  const measured = measure();
  const ascending = measured.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const at = (share: number): string => (ascending[Math.ceil(share * ascending.length) - 1] ?? NaN).toFixed(1);
  const outcomes = Object.entries(Object.groupBy(measured, ({ outcome }) => outcome));
  say(`${RULES} rules: ${outcomes.map(([outcome, those]) => `${those?.length} ${outcome}`).join(', ')}`);
  say(`processor time of a preview: median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`);
  say(`memory of a preview: worst ${Math.max(...measured.map(({ mb }) => mb)).toFixed(1)} MB`);
  say(`dearest step (of 100,000 or more): ${Math.max(...measured.map(({ nsPerStep }) => nsPerStep)).toFixed(0)} ns`);
  for (const { ms, outcome, text } of measured.toSorted((one, other) => other.ms - one.ms).slice(0, 3))
    say(`  ${ms.toFixed(1)} ms ${outcome} ${text}`);
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'ok';
  } catch (error) {
    if (error instanceof InvalidInputError) return error.code;
    throw error;
  }
}

function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
