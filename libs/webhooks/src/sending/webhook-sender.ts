// Sends one attempt of a webhook to addresses that it has checked: decisions/0001-connect-to-checked-addresses.md
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError } from '@mono/contract';
import { NodeInfo } from '@mono/platform';
import { webhooksConfig } from '../webhooks.config.js';
import { isAllowedAddress } from './address-policy.js';
import { AddressResolver } from './address-resolver.js';
import { AttemptError, type Answered, type Outcome } from './outcome.js';
import { post } from './post.js';
import type { SendingSettings } from './sending-settings.js';
import { signatureHeaders } from './signature.js';
import { parseWebhookUrl, type Target, type UrlPolicy } from './webhook-url.js';

export type { Outcome } from './outcome.js';

export interface Attempt {
  url: string;
  /** The same for each attempt of a delivery. */
  webhookId: string;
  /** The time of this attempt. */
  timestamp: Date;
  /** `whsec_<base64>`: the current one first, then the previous one while it is valid. */
  secrets: readonly string[];
  /** JSON. */
  body: string;
}

/** The version of the package. */
export const USER_AGENT = 'Mono-Webhooks/0.1.0';

@Injectable()
export class WebhookSender {
  private readonly policy: UrlPolicy;
  private readonly timeoutMs: number;

  constructor(
    @Inject(webhooksConfig.KEY) config: SendingSettings,
    @Inject(NodeInfo) { environment }: Pick<NodeInfo, 'environment'>,
    @Inject(AddressResolver) private readonly resolver: Pick<AddressResolver, 'resolve'>,
  ) {
    const allowHttp = environment !== 'prod' || config.WEBHOOKS_ALLOW_HTTP;
    this.policy = { allowPrivate: config.WEBHOOKS_ALLOW_PRIVATE, allowHttp };
    this.timeoutMs = config.WEBHOOKS_TIMEOUT_SECONDS * 1_000;
  }

  /** @throws InvalidInputError on `url`. A name is accepted whatever it resolves to: each attempt checks that. */
  requireAcceptableUrl(url: string): void {
    const parsed = parseWebhookUrl(url, this.policy);
    if ('fault' in parsed) throw new InvalidInputError([{ field: 'url', code: 'wrong_format', issue: parsed.fault }]);
  }

  /**
   * Resolves also if the receiver cannot be reached.
   * @throws the reason of the signal, once it is aborted; the receiver may have got the request.
   */
  async send(attempt: Attempt, signal?: AbortSignal): Promise<Outcome> {
    signal?.throwIfAborted();
    const start = performance.now();
    const durationMs = (): number => Math.round(performance.now() - start);
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(new AttemptError('timeout', `No answer within ${this.timeoutMs / 1_000} seconds.`));
    }, this.timeoutMs);
    try {
      const answer = await this.attempt(attempt, AbortSignal.any([limit.signal, ...(signal ? [signal] : [])]));
      return { ...answer, durationMs: durationMs() };
    } catch (error) {
      if (!(error instanceof AttemptError)) throw error;
      return { kind: 'failed', reason: error.reason, message: error.message, durationMs: durationMs() };
    } finally {
      clearTimeout(timer);
    }
  }

  private async attempt(attempt: Attempt, signal: AbortSignal): Promise<Omit<Answered, 'durationMs'>> {
    const target = parseWebhookUrl(attempt.url, this.policy);
    if ('fault' in target)
      throw new AttemptError(target.isAddress ? 'refused_address' : 'refused_url', `The URL ${target.fault}.`);
    const headers = {
      ...signatureHeaders(attempt),
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
    };
    const addresses = await this.checkedAddresses(target, signal);
    return post({ target, addresses, headers, body: attempt.body }, signal);
  }

  /** All addresses of a host must be allowed: a name with a private one belongs to no public receiver. */
  private async checkedAddresses({ host }: Target, signal: AbortSignal): Promise<readonly string[]> {
    const found = isIP(host) === 0 ? await this.resolve(host, signal) : [host];
    if (found.length === 0) throw new AttemptError('dns', 'The host name has no address.');
    // The message omits the address, which would expose names of the installation's network.
    if (!found.every((address) => isAllowedAddress(address, this.policy)))
      throw new AttemptError('refused_address', 'The host name resolves to a private or reserved address.');
    return found;
  }

  private async resolve(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.resolver.resolve(host, signal), aborted.promise]);
    } catch (error) {
      signal.throwIfAborted();
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new AttemptError('dns', `The host name cannot be resolved (${code}).`);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
