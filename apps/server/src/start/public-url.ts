import { UnavailableError } from '@mono/contract';
import { PublicUrl } from '@mono/platform';
import { settingsOf, type Configuration } from '../configuration.js';

/** PUBLIC_URL, or else the address that this node listens on. */
export class PublicUrlOfNode extends PublicUrl {
  private url: string | undefined;

  constructor(configuration: Configuration) {
    super();
    const configured = settingsOf(configuration, 'auth')['PUBLIC_URL'];
    if (typeof configured === 'string') this.url = configured.replace(/\/+$/, '');
  }

  listensAt(url: string): void {
    this.url ??= url;
  }

  get(): string {
    if (this.url === undefined) throw new UnavailableError('The instance is starting.');
    return this.url;
  }
}
