// A forwarded address is reported when nobody is trusted to forward one: a proxy is probably there.
import { Controller, Get } from '@nestjs/common';
import { startTestApplication } from '../testing/test-application.js';

@Controller()
class Page {
  @Get('page')
  page(): string {
    return 'Here.';
  }
}

test.each([
  ['x-forwarded-for', undefined, ['127.0.0.1']],
  ['forwarded', undefined, ['127.0.0.1']],
  ['x-forwarded-for', ['127.0.0.1'], []],
  ['x-request-id', undefined, []],
])('%s, trusted: %j, reports %j', async (header, trustProxy, expected) => {
  const peers: string[] = [];
  const application = await startTestApplication({
    controllers: [Page],
    ...(trustProxy && { trustProxy }),
    onUntrustedForwarding: (peer) => peers.push(peer),
  });
  try {
    await fetch(new URL('/page', application.url), { headers: { [header]: '203.0.113.7' } });
  } finally {
    await application.close();
  }
  expect(peers).toEqual(expected);
});
