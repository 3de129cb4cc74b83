import { Controller } from '@nestjs/common';
import { RequestHandler } from '@mono/bus';
import type { Principal } from '@mono/platform';
import { authRequests, type VerifyApiKeyRequest } from '../../contract/index.js';
import { VerifyApiKey } from '../verify/verify-api-key.js';

@Controller()
export class AuthHandlers {
  constructor(private readonly keys: VerifyApiKey) {}

  @RequestHandler(authRequests.verify)
  verify({ environment, short_id, secret_hash }: VerifyApiKeyRequest): Promise<Principal> {
    const secretHash = Buffer.from(secret_hash, 'base64url');
    return this.keys.verifyParsed({ environment, shortId: short_id, secretHash });
  }
}
