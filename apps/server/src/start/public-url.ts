import { UnavailableError } from '@mono/contract';
import { settingsOf, type Configuration } from '../configuration.js';

/** With what links begin: PUBLIC_URL, or else the address that this node listens on. No slash at its end. */
export class PublicUrl {
  private url: string | undefined;

  constructor(configuration: Configuration) {
    const configured = settingsOf(configuration, 'auth')['PUBLIC_URL'];
    if (typeof configured === 'string') this.url = configured.replace(/\/+$/, '');
  }

  listensAt(url: string): void {
    this.url ??= url;
  }

  /** @throws UnavailableError while the node does not listen yet. */
  readonly get = (): string => {
    if (this.url === undefined) throw new UnavailableError('The instance is starting.');
    return this.url;
  };
}
