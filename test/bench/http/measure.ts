// Measures one turn of load on one server, and summarises several.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

export interface Target {
  name: string;
  url: string;
  pid: number;
  headers: Record<string, string>;
  /** Different headers per request. */
  headersInTurn?: () => Record<string, string>;
}

export interface Load {
  name: string;
  method: 'GET' | 'POST';
  path: (target: Target) => string;
  body?: string;
}

export interface Figures {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** User and system time of the server's process; NaN if the platform does not report it. */
  cpuMicrosecondsPerRequest: number;
}

/** Clock ticks per second in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15, counted after the name, which may contain any character.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

export async function takeTurn(
  target: Target,
  load: Load,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Figures> {
  const { headersInTurn } = target;
  const before = cpuSeconds(target.pid);
  const result = await autocannon({
    url: target.url + load.path(target),
    method: load.method,
    headers: { ...target.headers, ...(load.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(load.body === undefined ? {} : { body: load.body }),
    ...(headersInTurn && {
      requests: [{ setupRequest: (request) => ({ ...request, headers: { ...request.headers, ...headersInTurn() } }) }],
    }),
    connections,
    duration: seconds,
  });
  const cpu = cpuSeconds(target.pid) - before;
  const answered = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0 || answered === 0)
    throw new Error(`${target.name}, ${load.name}: ${result.non2xx} refusals, ${result.errors} errors`);
  return {
    requestsPerSecond: answered / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMicrosecondsPerRequest: (cpu * 1e6) / answered,
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)], sorted[middle]];
  return (low + high) / 2;
}

export function medianOf(rounds: readonly Figures[]): Figures {
  const of = (field: keyof Figures) => median(rounds.map((figures) => figures[field]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuMicrosecondsPerRequest: of('cpuMicrosecondsPerRequest'),
  };
}
