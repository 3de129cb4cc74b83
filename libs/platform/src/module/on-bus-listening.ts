import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** A provider that begins work once the bus serves this node's handlers: earlier, calls to modules of this node fail. */
export interface OnBusListening {
  onBusListening(): void | Promise<void>;
}

export async function callOnBusListening(application: INestApplicationContext): Promise<void> {
  for (const { providers } of application.get(ModulesContainer).values()) {
    for (const { instance } of providers.values()) {
      if (isListener(instance)) await instance.onBusListening();
    }
  }
}

function isListener(instance: unknown): instance is OnBusListening {
  return typeof (instance as Partial<OnBusListening> | null | undefined)?.onBusListening === 'function';
}
