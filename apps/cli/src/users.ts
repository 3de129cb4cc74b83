// npx mono user …: users created by the operator, the first of an installation among them.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { NewUser, ROLES } from '@mono/auth/contract';
import { createUser, findAllUsers, PasswordStrength } from '@mono/auth/module';
import { readInput } from '@mono/contract';
import type { Database } from '@mono/platform';
import { askUnlessGiven } from './ask.js';

const ROLE = { option: '--role', expected: `${ROLES.slice(0, -1).join(', ')} or ${ROLES.at(-1)}` };
const NOBODY = { input: Readable.from([]), output: process.stderr };

type Say = (line: string) => void;

export interface UserOptions {
  email?: string;
  name?: string;
  timezone?: string;
  role?: string;
  workspace?: string;
  passwordStdin?: boolean;
}

export class UserCommands {
  constructor(
    private readonly database: Database,
    private readonly say: Say,
  ) {}

  /** Without a password on standard input, one is generated and printed once. */
  async create({ passwordStdin = false, workspace, role: given, ...options }: UserOptions): Promise<void> {
    // Standard input is the password then.
    const role = await askUnlessGiven(given, ROLE, passwordStdin ? NOBODY : undefined);
    const password = passwordStdin
      ? (await text(process.stdin)).replace(/\r?\n$/, '')
      : randomBytes(15).toString('base64url');
    const asked = { ...options, role, password, ...(workspace === undefined ? {} : { workspace_id: workspace }) };
    const input = readInput(NewUser, asked, 'options');
    if (passwordStdin) await new PasswordStrength().requireStrong(password, 'password', input);
    const { id, workspaceId } = await createUser(this.database, input);
    this.say(`${input.email} (${id}), ${role} of the workspace ${workspaceId}`);
    if (!passwordStdin) this.say(`Password (shown only once): ${password}`);
    this.say('Sign in with POST /v1/auth/sign-in; change the password with POST /v1/auth/change-password.');
  }

  async list(): Promise<void> {
    for (const { id, email, name, email_verified_at, disabled_at } of await findAllUsers(this.database)) {
      const unverified = email_verified_at === null ? '  (address not verified)' : '';
      this.say(`${id}  ${email}  ${name}${unverified}${disabled_at === null ? '' : '  (disabled)'}`);
    }
  }
}
