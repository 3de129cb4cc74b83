// Work over a core queue group: lossy by contract, acknowledged when it has to be.
import type { BusHost } from '../bus-host.js';
import { busError } from '../calls/bus-error.js';
import type { CallOptions } from '../calls/call-options.js';
import { HEADER, type OutgoingHeaders } from '../calls/headers.js';
import type { RequestClient } from '../calls/request-client.js';
import type { WorkContract } from '../contracts/contract.js';

export class WorkSender {
  /** Sends that did not wait for an acknowledgement. */
  optimistic = 0;
  private readonly trustedUntil = new Map<string, number>();

  constructor(
    private readonly host: BusHost,
    private readonly client: RequestClient,
  ) {}

  /** @throws `unavailable` when no node takes it, `queue_full`, `deadline_exceeded`, or what the handler answered. */
  async send(contract: WorkContract, body: unknown, options: CallOptions, headers: OutgoingHeaders): Promise<void> {
    const input = this.host.reader.read(contract.work as new () => object, body, 'body');
    const now = performance.now();
    if (now < (this.trustedUntil.get(contract.subject) ?? 0)) return this.trust(contract, input, options, headers);
    const deadline = now + (options.timeoutMs ?? contract.timeoutMs);
    try {
      await this.client.call({ contract, body: input, options, deadline, headers });
    } catch (error) {
      this.trustedUntil.delete(contract.subject);
      throw error;
    }
    if (contract.optimisticMs > 0) this.trustedUntil.set(contract.subject, performance.now() + contract.optimisticMs);
  }

  private trust(contract: WorkContract, input: unknown, options: CallOptions, headers: OutgoingHeaders): void {
    const { connection, seal, self, errors } = this.host;
    const { live } = connection;
    if (!live) throw errors.fromWire(busError('unavailable', 'NATS is not connected.'));
    headers
      .set(HEADER.timeout, String(contract.timeoutMs))
      .set(HEADER.principal, seal.seal(contract.subject, options.principal ?? self));
    live.publish(contract.subject, JSON.stringify(input), headers.forPublish());
    this.optimistic += 1;
  }
}
