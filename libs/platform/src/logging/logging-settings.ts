import { choice } from '../config/settings.js';

/** What APP_ENV decides where these are not set: pretty and debug in dev, JSON and info elsewhere. */
export const loggingSettings = {
  LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    description:
      'The least level that is logged. Each request is logged at `info`. By APP_ENV: `debug` in dev, `info` elsewhere.',
  }),
  LOG_FORMAT: choice(['json', 'pretty'], {
    description: 'For machines or for people. By APP_ENV: `pretty` in dev, `json` elsewhere.',
  }),
};
