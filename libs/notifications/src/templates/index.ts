// Every mail there is, by the name that says what it is about.
import { changeEmail, changeEmailNotice } from './change-email.js';
import { invite } from './invite.js';
import { newSignIn } from './new-sign-in.js';
import { resetPassword } from './reset-password.js';
import { taskDueSoon } from './task-due-soon.js';
import { verifyEmail } from './verify-email.js';

export const templates = {
  verify_email: verifyEmail,
  reset_password: resetPassword,
  change_email: changeEmail,
  change_email_notice: changeEmailNotice,
  invite,
  new_sign_in: newSignIn,
  task_due_soon: taskDueSoon,
};

export type TemplateName = keyof typeof templates;
export type TemplateData<Name extends TemplateName> = Parameters<(typeof templates)[Name]>[0];
