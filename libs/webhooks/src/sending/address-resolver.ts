// Resolves the host of each attempt.
import { Resolver, lookup } from 'node:dns/promises';
import { Inject, Injectable } from '@nestjs/common';
import { webhooksConfig } from '../webhooks.config.js';
import type { SendingSettings } from './sending-settings.js';

/** For each of two tries. */
const QUERY_TIMEOUT_MS = 2_000;

@Injectable()
export class AddressResolver {
  constructor(@Inject(webhooksConfig.KEY) private readonly config: Pick<SendingSettings, 'WEBHOOKS_ALLOW_PRIVATE'>) {}

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
    return query(this.nameServers(), host, signal);
  }

  /** Those of the system. */
  protected nameServers(): Resolver {
    return new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: 2 });
  }
}

/** A host needs addresses of one family only. */
async function query(resolver: Resolver, host: string, signal: AbortSignal): Promise<string[]> {
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
