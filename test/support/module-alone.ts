// A feature module without a server around it: its operations, its consumers, and its periodic work.
import 'reflect-metadata';
import { BusModule, type Bus } from '@mono/bus';
import {
  callOnBusListening,
  Metrics,
  type FeatureModule,
  type FeatureParts,
  type Settings,
  type SettingsOf,
} from '@mono/platform';
import { localBus, serve } from '@mono/platform/testing';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';

export interface ModuleAlone {
  /** Serves the module's operations in this process. */
  readonly bus: Bus;
  /** Has another bus serve them. */
  serve(bus: Bus): void;
  /** Starts what runs beside the requests. */
  start(): Promise<void>;
}

const EVENT_AGE_MS = 24 * 60 * 60 * 1_000;

/** @param parts those that the module uses. */
export async function moduleAlone<S extends Settings>(
  feature: FeatureModule<S>,
  parts: Pick<FeatureParts, 'bus' | 'connection' | 'database' | 'logger'>,
): Promise<ModuleAlone> {
  const settings = defaultsOf(feature.edge.settings);
  const all = { ...parts, settings, eventAgeMs: EVENT_AGE_MS, replicas: 1, metrics: new Metrics() };
  const module = await Test.createTestingModule({
    imports: [BusModule.forRoot(parts.bus), feature.create(all as unknown as FeatureParts<S>)],
  }).compile();
  const controllers = [...module.get(ModulesContainer).values()].flatMap((inside) =>
    [...inside.controllers.values()].map(({ instance }) => instance),
  );
  return {
    bus: localBus(...controllers),
    serve: (bus) => {
      for (const controller of controllers) serve(bus, controller);
    },
    start: async () => {
      await module.init();
      await callOnBusListening(module);
    },
  };
}

function defaultsOf<S extends Settings>(settings: S): SettingsOf<S> {
  const values = Object.entries(settings).map(([name, setting]) => [name, setting.parse(setting.defaultText ?? '')]);
  return Object.fromEntries(values) as SettingsOf<S>;
}
