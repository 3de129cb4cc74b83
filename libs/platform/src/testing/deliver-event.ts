// For tests: events for the consumers of a module, without NATS.
import type { INestApplicationContext } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { PATTERN_EXTRAS_METADATA } from '@nestjs/microservices/constants.js';
import type { BusContext, EventContract } from '@mono/bus';

interface Extras {
  bus?: { kind: string; contracts?: readonly EventContract[] };
}

type Consume = (event: object, context: Pick<BusContext, 'signal'>) => Promise<void>;

/**
 * Calls the methods with `@OnEvent` for the event, one after the other; each is called whatever became of the others.
 * @throws the first error.
 */
export async function deliverEvent(application: INestApplicationContext, event: { subject: string }): Promise<void> {
  const context = { signal: new AbortController().signal };
  const failures: unknown[] = [];
  for (const { controllers } of application.get(ModulesContainer).values()) {
    for (const { instance } of controllers.values()) {
      for (const consume of consumersOf(instance, event.subject))
        await consume.call(instance, event, context).catch((error: unknown) => void failures.push(error));
    }
  }
  if (failures.length > 0) throw failures[0];
}

function consumersOf(controller: object, subject: string): Consume[] {
  const methods = new MetadataScanner().getAllMethodNames(Object.getPrototypeOf(controller) as object);
  return methods
    .map((name) => (controller as Record<string, Consume>)[name])
    .filter((method): method is Consume => method !== undefined && subjectsOf(method).includes(subject));
}

function subjectsOf(method: object): string[] {
  const { bus } = (Reflect.getMetadata(PATTERN_EXTRAS_METADATA, method) ?? {}) as Extras;
  return bus?.kind === 'durable' ? (bus.contracts ?? []).map(({ subject }) => subject) : [];
}
