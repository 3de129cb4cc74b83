// All mails by name.
import { changeEmail, invite, resetPassword, signUpRepeated, verifyEmail } from './account-links.js';
import {
  accountDeleted,
  emailChanged,
  identityLinked,
  identityUnlinked,
  newSignIn,
  passwordChanged,
} from './account-notices.js';
import { assignedTasks } from './assignments.js';
import { dailyDigest } from './digest.js';
import { taskDueSoon, timerForgotten } from './reminders.js';
import { webhookDisabled } from './webhooks.js';

export type { LinkedProvider, Notice } from './account-notices.js';
export type { ListedTask } from './assignments.js';
export type { Content, LinkData } from './layout.js';

export const templates = {
  verify_email: verifyEmail,
  sign_up_repeated: signUpRepeated,
  reset_password: resetPassword,
  change_email: changeEmail,
  email_changed: emailChanged,
  password_changed: passwordChanged,
  new_sign_in: newSignIn,
  identity_linked: identityLinked,
  identity_unlinked: identityUnlinked,
  account_deleted: accountDeleted,
  invite,
  daily_digest: dailyDigest,
  task_due_soon: taskDueSoon,
  task_assigned: assignedTasks,
  timer_forgotten: timerForgotten,
  webhook_disabled: webhookDisabled,
};

export type TemplateName = keyof typeof templates;
