import { layout, type Content } from './layout.js';
import { timeText } from './time.js';
import { oneLine } from './words.js';

export interface Invite {
  /** Empty when not known yet. */
  name: string;
  inviterName: string;
  workspaceName: string;
  link: string;
  /** An instant (RFC 3339). */
  expiresAt: string;
  timeZone: string;
}

/** To whom somebody wants in a workspace. Often the first mail that a stranger gets, so it says what to do with a wrong one. */
export function invite({ name, inviterName, workspaceName, link, expiresAt, timeZone }: Invite): Content {
  const [inviter, workspace] = [oneLine(inviterName), oneLine(workspaceName)];
  return layout({
    subject: `${inviter} invites you to ${workspace}`,
    name,
    before: [`${inviter} invites you to the workspace “${workspace}” on Mono.`],
    action: { label: 'Accept the invitation', link },
    after: [
      `The invitation stands until ${timeText(expiresAt, timeZone)}.`,
      `If you do not know ${inviter}, ignore this mail.`,
    ],
  });
}
