import { choice } from '../config/settings.js';

/** The defaults depend on APP_ENV: `pretty` and `debug` in `dev`, `json` and `info` elsewhere. */
export const loggingSettings = {
  LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    description: 'Minimum log level. Requests are logged at `info`. Default: `debug` in `dev`, `info` elsewhere.',
  }),
  LOG_FORMAT: choice(['json', 'pretty'], {
    description: 'Log format. Default: `pretty` in `dev`, `json` elsewhere.',
  }),
};
