// Loaded into the measured process (`node --import`): records the maximum processor time of the event loop's thread between two
// ticks of a timer, the processor time of the process, and its memory. GET on PROBE_PORT returns and resets the figures.
import { createServer } from 'node:http';

let before = process.threadCpuUsage();
let longestMs = 0;
let last = process.threadCpuUsage();
let peak = process.memoryUsage().rss;

/** @param {{ user: number; system: number }} usage */
const msOf = ({ user, system }) => (user + system) / 1_000;

setInterval(() => {
  const now = process.threadCpuUsage();
  longestMs = Math.max(longestMs, msOf(now) - msOf(last));
  last = now;
  peak = Math.max(peak, process.memoryUsage.rss());
}, 1).unref();

createServer((_request, response) => {
  globalThis.gc?.();
  const now = process.threadCpuUsage();
  const answer = {
    usedMs: msOf(now) - msOf(before),
    longestMs,
    peakMb: peak / 1e6,
    rssMb: process.memoryUsage.rss() / 1e6,
  };
  response.end(JSON.stringify(answer));
  before = process.threadCpuUsage();
  last = before;
  longestMs = 0;
  peak = process.memoryUsage.rss();
})
  .listen(Number(process.env['PROBE_PORT']), '127.0.0.1')
  .unref();
