// Occurrences per second of processor time, compared with libraries: in turns, medians of rounds. Every contestant expands the
// same rule from its DTSTART on; caches of libraries are off, since no template is expanded twice.
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { RRuleSet } from 'rrule-rust';
import { RRuleTemporal } from 'rrule-temporal';
import { Schedule } from '../../../libs/recurrence/src/domain/schedule.ts';

// Node does not recognise its ES module.
const { rrulestr } = createRequire(import.meta.url)('rrule') as typeof import('rrule');

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** The minimum duration of a turn. */
const TURN_MS = 300;

interface Case {
  name: string;
  rrule: string;
  zone: string;
  /** Occurrences per expansion. */
  count: number;
}

const START = '2026-01-01T09:30:00';
const BASIC_START = '20260101T093000';

const RULES: [name: string, rrule: string, count: number][] = [
  ['daily', 'FREQ=DAILY', 3_650],
  ['weekly by days', 'FREQ=WEEKLY;BYDAY=MO,WE,FR', 1_560],
  ['monthly by position', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 600],
  // The expansion of one template, for which the fixed costs matter most.
  ['daily, a month', 'FREQ=DAILY', 30],
];

/** Each returns the last instant in milliseconds, so that it has to calculate all of them. */
const CONTESTANTS: Record<string, (rule: Case) => number> = {
  ours({ rrule, zone, count }) {
    let [left, last] = [count, NaN];
    for (const { at } of Schedule.of({ dtstart: START, timezone: zone, rrule }).between()) {
      last = at;
      left -= 1;
      if (left === 0) break;
    }
    return last;
  },
  'rrule-rust'({ rrule, zone, count }) {
    const start = zone === 'UTC' ? `DTSTART:${BASIC_START}Z` : `DTSTART;TZID=${zone}:${BASIC_START}`;
    const all = RRuleSet.fromString(`${start}\nRRULE:${rrule};COUNT=${count}`).all();
    return all.at(-1)?.toTimestamp() ?? NaN;
  },
  'rrule-temporal'({ rrule, zone, count }) {
    const rule = new RRuleTemporal({
      rruleString: `DTSTART;TZID=${zone}:${BASIC_START}\nRRULE:${rrule};COUNT=${count}`,
    });
    return rule.all().at(-1)?.epochMilliseconds ?? NaN;
  },
  // With a zone, it returns local time as UTC, so that only the count is compared (see `agree`).
  rrule({ rrule: text, zone, count }) {
    const start = zone === 'UTC' ? `DTSTART:${BASIC_START}Z` : `DTSTART;TZID=${zone}:${BASIC_START}`;
    const all = rrulestr(`${start}\nRRULE:${text};COUNT=${count}`, { cache: false }).all();
    return all.length === count ? (all.at(-1)?.getTime() ?? NaN) : NaN;
  },
};

const CASES: Case[] = ['UTC', 'America/New_York'].flatMap((zone) =>
  RULES.map(([name, rrule, count]) => ({ name: `${name}, ${zone}`, rrule, zone, count })),
);

/** Wrong results invalidate the benchmark. */
function agree(rule: Case): void {
  const expected = CONTESTANTS['ours']?.(rule) ?? NaN;
  for (const [name, expand] of Object.entries(CONTESTANTS)) {
    const found = expand(rule);
    const far = name === 'rrule' && rule.zone !== 'UTC' ? 86_400_000 : 0;
    if (!(Math.abs(found - expected) <= far))
      throw new Error(`${name} ends at ${found} instead of ${expected}: ${rule.name}`);
  }
}

/** Processor time including garbage collection, so that other work on the machine does not matter. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function turn(expand: (rule: Case) => number, rule: Case): number {
  const begun = cpuMs();
  let [expansions, elapsed] = [0, 0];
  while (elapsed < TURN_MS) {
    expand(rule);
    expansions += 1;
    elapsed = cpuMs() - begun;
  }
  return ((expansions * rule.count) / elapsed) * 1000;
}

const median = (figures: number[]): number => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;

function inTurns(rule: Case): Record<string, number> {
  agree(rule);
  const figures = Object.keys(CONTESTANTS).map((name) => [name, [] as number[]] as const);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, rounds] of figures) rounds.push(turn(CONTESTANTS[name] as (rule: Case) => number, rule));
  return Object.fromEntries(figures.map(([name, rounds]) => [name, median(rounds)]));
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** @returns occurrences per second by case and contestant. */
export function benchExpansion(): Record<string, Record<string, number>> {
  say(`Expansion, occurrences a second: medians of ${ROUNDS} rounds, load ${loadavg()[0]?.toFixed(1)}`);
  const results: Record<string, Record<string, number>> = {};
  for (const rule of CASES) {
    const figures = inTurns(rule);
    results[rule.name] = figures;
    const ours = figures['ours'] ?? NaN;
    say(rule.name);
    for (const [name, perSecond] of Object.entries(figures)) {
      const rounded = Math.round(perSecond).toLocaleString('en').padStart(12);
      say(`  ${name.padEnd(16)}${rounded}/s  ours ÷ it ${(ours / perSecond).toFixed(2)}`);
    }
  }
  return results;
}
