// The public keys with which anybody can verify an access token, outside of /v1 where others look for them.
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { LimitedByAddress } from '@mono/platform';
import { UsersApi, type JsonWebKeySet } from '../../contract/index.js';

@ApiExcludeController()
@Controller('.well-known')
export class JwksController {
  constructor(@Inject(UsersApi) private readonly users: UsersApi) {}

  /** A key is among them for a day before it signs. */
  @Get('jwks.json')
  @LimitedByAddress()
  @Header('cache-control', 'public, max-age=300')
  keys(): Promise<JsonWebKeySet> {
    return this.users.jwks();
  }
}
