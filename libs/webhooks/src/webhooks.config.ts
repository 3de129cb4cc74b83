import { defineConfig } from '@mono/platform';
import { sendingSettings } from './sending/sending-settings.js';

export const webhooksConfig = defineConfig('webhooks', { ...sendingSettings });
