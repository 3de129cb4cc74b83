// Signing in with somebody else's account: the providers, one sign-in with one, and what of a user is linked to them.
import { ApiProperty } from '@nestjs/swagger';
import { EmailField, PageInfo, TextField, UuidField } from '@mono/contract';

/** Longer than any URL that a browser takes everywhere. */
export const MAX_RETURN_URL_CHARACTERS = 2_048;
/** Both secrets of a sign-in have 43. */
const MAX_SECRET_CHARACTERS = 512;
/** Where the provider sends the browser back: `<PUBLIC_URL>/sign-in/callback/<provider>`. */
export const CALLBACK_PATH = '/sign-in/callback';

/** The length of a provider's id. */
export const MAX_PROVIDER_CHARACTERS = 64;

const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;
const provider = { description: 'The provider’s id.', example: 'github', min: 1, max: MAX_PROVIDER_CHARACTERS };
const flow = {
  description: 'The secret that the start has given.',
  example: 'kH3v1cNn0pY2m8qLr5sT7uWxZaBdEfGhIjKlMnOpQrS',
  min: 1,
  max: MAX_SECRET_CHARACTERS,
};
const code = {
  description: '`sign_in_code`, as the browser has brought it back; good for one use within two minutes.',
  example: 'pQ9rS8tU7vW6xY5zA4bC3dE2fG1hI0jK-L_M9nO8pQ7',
  min: 1,
  max: MAX_SECRET_CHARACTERS,
};

export class Provider {
  @TextField(provider)
  id: string;

  @TextField({ description: 'What people call it.', example: 'GitHub' })
  name: string;
}

export class ProviderList {
  @ApiProperty({ type: [Provider], description: 'Those that are configured, in a stable order.' })
  items: Provider[];
}

export class StartSignIn {
  @TextField({
    description:
      'Where the browser ends, with `sign_in_code` or `error` added to the query: one of `SIGN_IN_RETURN_URLS`. Without it a page shows the code.',
    example: 'https://app.example.com/signed-in',
    min: 1,
    max: MAX_RETURN_URL_CHARACTERS,
    optional: true,
  })
  return_url?: string;
}

export class StartedSignIn {
  @ApiProperty({ type: String, format: 'uri', description: 'Where the browser goes now.' })
  authorization_url: string;

  @ApiProperty({ type: String, description: 'A secret that stays with who began: the code counts with it alone.' })
  flow: string;

  @ApiProperty({ type: 'integer', description: 'How long the person has at the provider, in seconds.', example: 600 })
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

  @EmailField({ description: 'The address there, as last told.', example: 'ada@example.com' })
  email: string;

  @ApiProperty({ ...instant, description: 'When it was linked.' })
  created_at: string;

  @ApiProperty({ ...instant, description: 'When the user last signed in with it, or linked it.' })
  last_used_at: string;
}

export class IdentityPage {
  @ApiProperty({ type: [Identity], description: 'All of the user’s, the oldest first.' })
  items: Identity[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
