// The settings of the HTTP client.
import { flag, integer, type SettingsOf } from '@mono/platform';

export const sendingSettings = {
  WEBHOOKS_ALLOW_PRIVATE: flag({
    description:
      'Allow webhooks to private and loopback addresses, for installations on a LAN. Members who manage webhooks can then reach services in that network. Link-local and metadata addresses stay forbidden.',
    default: false,
  }),
  WEBHOOKS_ALLOW_HTTP: flag({
    description: 'Allow webhooks to `http` URLs in `prod`. Other environments always allow them.',
    default: false,
  }),
  WEBHOOKS_TIMEOUT_SECONDS: integer({
    description: 'Maximum duration of one attempt to deliver a webhook, in seconds.',
    default: 15,
    min: 1,
    max: 60,
  }),
};

export type SendingSettings = SettingsOf<typeof sendingSettings>;
