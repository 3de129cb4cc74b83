import { layout, worksOnce, type Content, type LinkData } from './layout.js';
import { oneLine } from './words.js';

export interface Invite extends LinkData {
  inviterName: string;
  workspaceName: string;
}

/** Often the first mail that a stranger gets, so it explains how to handle a wrong one. */
export function invite(data: Invite): Content {
  const [inviter, workspace] = [oneLine(data.inviterName), oneLine(data.workspaceName)];
  return layout({
    subject: `${inviter} invites you to ${workspace}`,
    name: data.name,
    before: [`${inviter} invites you to join the workspace “${workspace}” on Mono.`],
    action: { label: 'Accept the invitation', link: data.link },
    after: [`${worksOnce(data)}.`, `If you do not know ${inviter}, ignore this mail.`],
  });
}
