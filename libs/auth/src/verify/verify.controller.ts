import { Controller } from '@nestjs/common';
import { Operation } from '@mono/platform';
import { apiKeysOperations, type VerifiedApiKey, type VerifyApiKeyRequest } from '../../contract/index.js';
import { VerifyApiKey } from './verify-api-key.js';

@Controller()
export class VerifyController {
  constructor(private readonly keys: VerifyApiKey) {}

  @Operation(apiKeysOperations.verify)
  async verify({ environment, short_id, secret_hash }: VerifyApiKeyRequest): Promise<VerifiedApiKey> {
    const secretHash = Buffer.from(secret_hash, 'base64url');
    const verdict = await this.keys.lookUp({ environment, shortId: short_id, secretHash });
    const { principal, allowedIps, expiresAt } = verdict;
    return { principal, allowed_ips: allowedIps === null ? null : [...allowedIps], expires_at: expiresAt };
  }
}
