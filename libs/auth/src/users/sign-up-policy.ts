// Whether strangers may create accounts: in `prod` only where the operator has said so.
import { Inject, Injectable } from '@nestjs/common';
import { NodeInfo } from '@mono/platform';
import { authConfig, type AuthConfig } from '../auth.config.js';

@Injectable()
export class SignUpPolicy {
  readonly isOpen: boolean;

  constructor(
    @Inject(authConfig.KEY) { SIGN_UP_ENABLED }: Pick<AuthConfig, 'SIGN_UP_ENABLED'>,
    @Inject(NodeInfo) { environment }: Pick<NodeInfo, 'environment'>,
  ) {
    this.isOpen = SIGN_UP_ENABLED ?? environment !== 'prod';
  }
}
