// Access tokens: JWTs (RFC 9068's type) signed with Ed25519 that name user and session, nothing else. Rights are looked up.
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { invalidAccessToken } from '../../contract/index.js';
import { TOKEN_LIFETIME_SECONDS, type SigningKeys } from './signing-keys.js';

const ALGORITHM = 'EdDSA';
const TYPE = 'at+jwt';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Tokens whose signature was found right are not computed again within their life. */
const REMEMBERED = 10_000;

export interface TokenSubject {
  userId: string;
  sessionId: string;
}

export class AccessTokens {
  private readonly verified = new Map<string, { subject: TokenSubject; until: number }>();

  /** @param issuer the service's own URL: a token of another installation is refused even if it had our key. */
  constructor(
    private readonly keys: SigningKeys,
    private readonly issuer: string,
    private readonly now: () => number = Date.now,
  ) {}

  async issue({ userId, sessionId }: TokenSubject): Promise<string> {
    const { kid, privateKey } = await this.keys.current();
    const issuedAt = Math.floor(this.now() / 1_000);
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setSubject(userId)
      .setIssuer(this.issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + TOKEN_LIFETIME_SECONDS)
      .sign(privateKey);
  }

  /** @throws DomainError `unauthorized`, in the same words whatever is wrong. */
  async verify(token: string): Promise<TokenSubject> {
    const known = this.verified.get(token);
    if (known) {
      if (known.until > this.now()) return known.subject;
      this.verified.delete(token);
      throw invalidAccessToken();
    }
    const { subject, until } = await this.check(token);
    if (this.verified.size >= REMEMBERED) this.verified.clear();
    this.verified.set(token, { subject, until });
    return subject;
  }

  private async check(token: string): Promise<{ subject: TokenSubject; until: number }> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const key = kid === undefined ? undefined : await this.keys.find(kid);
      if (!key) throw invalidAccessToken();
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.issuer,
        requiredClaims: ['sub', 'iat', 'exp'],
        currentDate: new Date(this.now()),
      });
      const { sub = '', sid, exp = 0 } = payload;
      if (!UUID.test(sub) || typeof sid !== 'string' || !UUID.test(sid)) throw invalidAccessToken();
      return { subject: { userId: sub, sessionId: sid }, until: exp * 1_000 };
    } catch (error) {
      // decodeProtectedHeader throws a TypeError for a text that is no token.
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw invalidAccessToken();
      throw error;
    }
  }
}
