import type { Contract, EventContract } from '../contracts/contract.js';
import type { InputReader } from '../contracts/input-reader.js';
import { eventStreamName } from '../streams/event-stream.js';

/** The stream of a consumer, and the contracts of its messages. */
export interface MessageSource {
  stream: string;
  /** The subjects that the consumer receives. */
  filter: string;
  /** By subject; `*` contracts by their prefix. */
  contractOf(subject: string): Contract | undefined;
  read(contract: Contract, body: unknown, reader: InputReader): unknown;
}

/** @throws TypeError for events of several modules or versions. */
export function eventSource(contracts: readonly EventContract[]): MessageSource {
  const [first] = contracts;
  if (!first) throw new TypeError('A durable handler needs a contract.');
  const { module, version } = first;
  if (contracts.some((contract) => contract.module !== module || contract.version !== version)) {
    throw new TypeError('The events of a durable consumer must have the same module and version.');
  }
  const exact = new Map(contracts.map((contract) => [contract.subject, contract]));
  const all = contracts.find(({ name }) => name === '*');
  const prefix = `events.${module}.v${version}.`;
  return {
    stream: eventStreamName(module),
    filter: contracts.length === 1 ? first.subject : `${prefix}*`,
    contractOf: (subject) => exact.get(subject) ?? (subject.startsWith(prefix) ? all : undefined),
    read: (contract, body, reader) =>
      contract.kind === 'event' && reader.readTrusted ? reader.readTrusted(contract.event, body) : body,
  };
}
