// Sign-in with a provider: the providers, one sign-in, and the identities of a user.
import { ApiProperty } from '@nestjs/swagger';
import { EmailField, PageInfo, TextField, UuidField } from '@mono/contract';

/** Longer than any URL that all browsers accept. */
export const MAX_RETURN_URL_CHARACTERS = 2_048;
/** Both secrets of a sign-in have 43. */
const MAX_SECRET_CHARACTERS = 512;
/** The redirect URI is `<PUBLIC_URL>/sign-in/callback/<provider>`. */
export const CALLBACK_PATH = '/sign-in/callback';

/** The length of a provider's id. */
export const MAX_PROVIDER_CHARACTERS = 64;

const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;
const provider = { description: 'The provider’s id.', example: 'github', min: 1, max: MAX_PROVIDER_CHARACTERS };
const flow = {
  description: 'The secret from the start of the sign-in.',
  example: 'kH3v1cNn0pY2m8qLr5sT7uWxZaBdEfGhIjKlMnOpQrS',
  min: 1,
  max: MAX_SECRET_CHARACTERS,
};
const code = {
  description: '`sign_in_code`, as the browser has brought it back. It works once, within two minutes.',
  example: 'pQ9rS8tU7vW6xY5zA4bC3dE2fG1hI0jK-L_M9nO8pQ7',
  min: 1,
  max: MAX_SECRET_CHARACTERS,
};

export class Provider {
  @TextField(provider)
  id: string;

  @TextField({ description: 'The display name.', example: 'GitHub' })
  name: string;
}

export class ProviderList {
  @ApiProperty({ type: [Provider], description: 'The configured providers, in a stable order.' })
  items: Provider[];
}

export class StartSignIn {
  @TextField({
    description:
      'The URL that the browser returns to, such as `https://app.example.com/signed-in`, with `sign_in_code` or `error` added to the query: one of `SIGN_IN_RETURN_URLS`. Default: a page shows the code.',
    min: 1,
    max: MAX_RETURN_URL_CHARACTERS,
    optional: true,
  })
  return_url?: string;
}

export class StartedSignIn {
  @ApiProperty({ type: String, format: 'uri', description: 'The URL to send the browser to.' })
  authorization_url: string;

  @ApiProperty({
    type: String,
    description: 'A secret for the application to keep: the code works together with it only.',
  })
  flow: string;

  @ApiProperty({ type: 'integer', description: 'The time for the person at the provider, in seconds.', example: 600 })
  expires_in: number;
}

export class FinishSignIn {
  @TextField(flow)
  flow: string;

  @TextField(code)
  code: string;
}

export class LinkIdentity extends FinishSignIn {
  @TextField(provider)
  provider: string;
}

export class Identity {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d72' })
  id: string;

  @TextField(provider)
  provider: string;

  @EmailField({ description: 'The address at the provider, as of the last sign-in.', example: 'ada@example.com' })
  email: string;

  @ApiProperty({ ...instant, description: 'The time of the link.' })
  created_at: string;

  @ApiProperty({ ...instant, description: 'The last sign-in with it, or the link.' })
  last_used_at: string;
}

export class IdentityPage {
  @ApiProperty({ type: [Identity], description: 'All identities of the user, oldest first.' })
  items: Identity[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
