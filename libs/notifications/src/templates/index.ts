// Every mail there is, by the name that says what it is about.
import {
  accountDeleted,
  emailChanged,
  identityLinked,
  identityUnlinked,
  newSignIn,
  passwordChanged,
} from './account-notices.js';
import { changeEmail } from './change-email.js';
import { invite } from './invite.js';
import { resetPassword } from './reset-password.js';
import { signUpRepeated } from './sign-up-repeated.js';
import { taskDueSoon } from './task-due-soon.js';
import { timerForgotten } from './timer-forgotten.js';
import { verifyEmail } from './verify-email.js';

export type { LinkedProvider, Notice } from './account-notices.js';
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
  task_due_soon: taskDueSoon,
  timer_forgotten: timerForgotten,
};

export type TemplateName = keyof typeof templates;
