// Under which conditions entries are written: the workspace's settings, which stay as they are until the transaction ends,
// and the server's time. Who writes a person's entries does it alone, so that what is looked at first stays true.
import type { Executor } from '@mono/platform';
import { NotFoundError, UnavailableError } from '@mono/contract/errors';
import { ERASURE_LOCK } from './record-history.js';
import { DEFAULT_SETTINGS, SETTINGS_COLUMNS, type SettingsRow } from './settings-rows.js';

export interface Conditions {
  settings: SettingsRow;
  /** RFC 3339, by the database's clock: the server's time. */
  now: string;
}

const WORKSPACE = `hashtext('time_tracking.workspace'), hashtext($1::uuid::text)`;

const LOCK_PERSON = {
  name: 'time_tracking.lock_person',
  text: `SELECT pg_advisory_xact_lock_shared(${ERASURE_LOCK}), pg_advisory_xact_lock_shared(${WORKSPACE}),
    pg_advisory_xact_lock(hashtext('time_tracking.person'), hashtext($1::uuid::text || $2::uuid::text))`,
};

const LOCK_WORKSPACE = {
  name: 'time_tracking.lock_workspace',
  text: `SELECT pg_advisory_xact_lock_shared(${ERASURE_LOCK}), pg_advisory_xact_lock(${WORKSPACE})`,
};

/** A statement of its own: it sees what others have committed before the locks were given. */
const READ = {
  name: 'time_tracking.conditions',
  text: `SELECT clock_timestamp()::timestamptz(3) AS now, s.workspace_id IS NOT NULL AS has_settings,
      EXISTS (SELECT FROM time_tracking.erased_workspace e WHERE e.workspace_id = $1) AS is_erased, ${SETTINGS_COLUMNS}
    FROM (VALUES (1)) one LEFT JOIN time_tracking.settings s ON s.workspace_id = $1`,
};

/** In a transaction, before anything of the person's entries is read. @throws NotFoundError `workspace_not_found`; UnavailableError. */
export async function toWriteEntries(on: Executor, workspaceId: string, userId: string): Promise<Conditions> {
  await on.query(LOCK_PERSON, [workspaceId, userId]).catch(keptWaiting);
  return readConditions(on, workspaceId);
}

/** In a transaction: nobody writes entries of the workspace until it ends. @throws as toWriteEntries. */
export async function toChangeSettings(on: Executor, workspaceId: string): Promise<Conditions> {
  await on.query(LOCK_WORKSPACE, [workspaceId]).catch(keptWaiting);
  return readConditions(on, workspaceId);
}

async function readConditions(on: Executor, workspaceId: string): Promise<Conditions> {
  const [row] = await on.query<SettingsRow & { now: string; has_settings: boolean; is_erased: boolean }>(READ, [
    workspaceId,
  ]);
  if (!row || row.is_erased) throw new NotFoundError('workspace', workspaceId);
  const { now, has_settings: hasSettings, is_erased: _none, ...settings } = row;
  return { now, settings: hasSettings ? settings : DEFAULT_SETTINGS };
}

const LOCK_NOT_AVAILABLE = '55P03';

/** A call with an Idempotency-Key waits for each lock with a bound. */
function keptWaiting(error: unknown): never {
  if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
  throw new UnavailableError('How the workspace keeps its time is being changed.', { cause: error });
}
