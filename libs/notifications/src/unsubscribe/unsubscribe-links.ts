// The links in mails that turn off their kind.
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, PublicUrl, type Executor } from '@mono/platform';
import { UNSUBSCRIBE_PATH } from '../../contract/index.js';
import { linkToken, readLinkToken, type LinkFacts } from '../domain/link-token.js';
import { keepLinkKey } from '../persistence/link-key.js';

const KEY_BYTES = 32;

@Injectable()
export class UnsubscribeLinks {
  private key: Promise<Buffer> | undefined;

  constructor(
    @Inject(Database) private readonly database: Executor,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** @throws UnavailableError while the node does not listen yet. */
  async linkTo(facts: LinkFacts): Promise<string> {
    const token = linkToken(await this.keptKey(), facts);
    return `${this.publicUrl.get()}${UNSUBSCRIBE_PATH}?token=${token}`;
  }

  /** @returns undefined for a token that this installation has not signed. */
  async read(token: string): Promise<LinkFacts | undefined> {
    return readLinkToken(await this.keptKey(), token);
  }

  /** Kept in memory, since it never changes. After a failure, the next call tries again. */
  private keptKey(): Promise<Buffer> {
    this.key ??= keepLinkKey(this.database, randomBytes(KEY_BYTES)).catch((error: unknown) => {
      this.key = undefined;
      throw error;
    });
    return this.key;
  }
}
