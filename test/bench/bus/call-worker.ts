// One turn of one contestant: node call-worker.ts <contestant> <nats url> <in flight> <seconds>. Prints its figures as JSON.
import { PAYLOAD, type StartContestant } from './contestant.ts';

const [name = '', natsUrl = '', flight = '1', seconds = '1'] = process.argv.slice(2);
const WARM_UP_MS = 1_000;

const { start } = (await import(`./contestants/${name}.ts`)) as { start: StartContestant };
const contestant = await start(natsUrl);

/** @returns how long each call took, in milliseconds. */
async function run(ms: number): Promise<{ times: Float64Array; seconds: number }> {
  const times: number[] = [];
  const began = performance.now();
  const loop = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      const from = performance.now();
      const { text } = await contestant.call();
      if (text.length !== PAYLOAD.text.length) throw new Error(`${name} answered something else`);
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: Number(flight) }, loop));
  return { times: Float64Array.from(times).sort(), seconds: (performance.now() - began) / 1_000 };
}

await run(WARM_UP_MS);
const { times, seconds: took } = await run(Number(seconds) * 1_000);
const quantile = (q: number): number => times[Math.floor(times.length * q)] ?? 0;
process.stdout.write(
  `${JSON.stringify({ perSecond: times.length / took, p50: quantile(0.5), p99: quantile(0.99) })}\n`,
);
process.exit(0);
