// Loaded into the measured server (`node --import`): GET on PROBE_PORT collects garbage, then answers the memory in use.
import { createServer } from 'node:http';

createServer((_request, response) => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  response.end(JSON.stringify({ heapUsed, external, arrayBuffers, rss }));
})
  .listen(Number(process.env['PROBE_PORT']), '127.0.0.1')
  .unref();
