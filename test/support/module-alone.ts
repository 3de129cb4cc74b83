// A feature module without a server around it: its use cases, what it hears, and what runs beside them.
import type { OnModuleInit } from '@nestjs/common';
import {
  Metrics,
  type FeatureModule,
  type FeatureParts,
  type OnBusListening,
  type Settings,
  type SettingsOf,
} from '@mono/platform';

export interface ModuleAlone {
  /** Its API as it runs here. @param token the abstract class. */
  api<Api>(token: abstract new (...args: never[]) => Api): Api;
  /** Begins what runs beside the requests. */
  start(): void;
}

interface Provider {
  provide: unknown;
  useValue: unknown;
}

const EVENT_AGE_MS = 24 * 60 * 60 * 1_000;

/** @param parts those that the module uses. */
export function moduleAlone<S extends Settings>(
  feature: FeatureModule<S>,
  parts: Pick<FeatureParts, 'bus' | 'connection' | 'database' | 'logger'>,
): ModuleAlone {
  const settings = defaultsOf(feature.edge.settings);
  const all = { ...parts, settings, eventAgeMs: EVENT_AGE_MS, replicas: 1, metrics: new Metrics() };
  const providers = (feature.create(all as unknown as FeatureParts<S>).providers ?? []) as Provider[];
  return {
    api<Api>(token: abstract new (...args: never[]) => Api) {
      return providers.find(({ provide }) => provide === token)?.useValue as Api;
    },
    start() {
      for (const { useValue } of providers as { useValue: Partial<OnModuleInit & OnBusListening> }[]) {
        useValue.onModuleInit?.();
        void useValue.onBusListening?.();
      }
    },
  };
}

function defaultsOf<S extends Settings>(settings: S): SettingsOf<S> {
  const values = Object.entries(settings).map(([name, setting]) => [name, setting.parse(setting.defaultText ?? '')]);
  return Object.fromEntries(values) as SettingsOf<S>;
}
