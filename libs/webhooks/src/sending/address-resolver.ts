// Resolves the host of each attempt.
import { Resolver, lookup } from 'node:dns/promises';
import { Inject, Injectable } from '@nestjs/common';
import { webhooksConfig } from '../webhooks.config.js';
import type { SendingSettings } from './sending-settings.js';

@Injectable()
export class AddressResolver {
  constructor(@Inject(webhooksConfig.KEY) private readonly config: SendingSettings) {}

  /**
   * `getaddrinfo` knows the hosts of a LAN, but occupies a thread of the process while a name server is slow. Strangers'
   * names are therefore asked from the name servers directly.
   * @throws Error with a code such as ENOTFOUND.
   */
  async resolve(host: string, signal: AbortSignal): Promise<string[]> {
    if (this.config.WEBHOOKS_ALLOW_PRIVATE) {
      const found = await lookup(host, { all: true, order: 'verbatim' });
      return found.map(({ address }) => address);
    }
    return queryNameServers(host, signal);
  }
}

async function queryNameServers(host: string, signal: AbortSignal): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve6(host), resolver.resolve4(host)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [failure] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    if (found.length === 0 && failure !== undefined) throw failure;
    return found;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
