// The public keys of access tokens, outside of /v1 where clients look for them.
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Bus } from '@mono/bus';
import { clientOf } from '@mono/contract';
import { LimitedByAddress } from '@mono/platform';
import { usersOperations, type JsonWebKeySet, type UsersClient } from '../../contract/index.js';

@ApiExcludeController()
@Controller('.well-known')
export class JwksController {
  private readonly users: UsersClient;

  constructor(bus: Bus) {
    this.users = clientOf(bus, usersOperations);
  }

  /** A key is published for a day before it signs. */
  @Get('jwks.json')
  @LimitedByAddress()
  @Header('cache-control', 'public, max-age=300')
  keys(): Promise<JsonWebKeySet> {
    return this.users.jwks(undefined);
  }
}
