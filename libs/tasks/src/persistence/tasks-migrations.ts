import { DatedTasks1765470000066 } from './migrations/1765470000066-dated-tasks.js';
import { Initial1763676000000 } from './migrations/1763676000000-initial.js';
import { Occurrences1763800000000 } from './migrations/1763800000000-occurrences.js';
import { LastFacts1763900000000 } from './migrations/1763900000000-last-facts.js';
import { ActualDuration1763900100000 } from './migrations/1763900100000-actual-duration.js';
import { LooksOfLists1765200000000 } from './migrations/1765200000000-looks-of-lists.js';
import { Memberships1764400000000 } from './migrations/1764400000000-memberships.js';
import { Overridden1765210000000 } from './migrations/1765210000000-overridden.js';
import { OutboxPlaces1764300000000 } from './migrations/1764300000000-outbox-places.js';
import { SavedFilters1765300000000 } from './migrations/1765300000000-saved-filters.js';
import { Trash1764800000000 } from './migrations/1764800000000-trash.js';
import { Workflow1765100000000 } from './migrations/1765100000000-workflow.js';
import { Upcoming1765450000000 } from './migrations/1765450000000-upcoming.js';
import { ZoneOfLists1765460000000 } from './migrations/1765460000000-zone-of-lists.js';
import { FoldedWords1765470000011 } from './migrations/1765470000011-folded-words.js';
import { Search1765470000012 } from './migrations/1765470000012-search.js';
import { Today1765470000000 } from './migrations/1765470000000-today.js';
import { SubtasksOnComplete1765470000033 } from './migrations/1765470000033-subtasks-on-complete.js';
import { CompletedOrder1765470000034 } from './migrations/1765470000034-completed-order.js';
import { SubtasksToDo1765470000070 } from './migrations/1765470000070-subtasks-to-do.js';
import { WordsOfWorkspace1764500000000 } from './migrations/1764500000000-words-of-workspace.js';
import { Relations1765050000000 } from './migrations/1765050000000-relations.js';
import { ZoneRelease1764600000000 } from './migrations/1764600000000-zone-release.js';

/** The migrations of the schema `tasks`, in their order. */
export const tasksMigrations = [
  Initial1763676000000,
  Occurrences1763800000000,
  LastFacts1763900000000,
  ActualDuration1763900100000,
  Memberships1764400000000,
  OutboxPlaces1764300000000,
  WordsOfWorkspace1764500000000,
  ZoneRelease1764600000000,
  Trash1764800000000,
  Relations1765050000000,
  Workflow1765100000000,
  LooksOfLists1765200000000,
  Overridden1765210000000,
  SavedFilters1765300000000,
  Upcoming1765450000000,
  ZoneOfLists1765460000000,
  Today1765470000000,
  FoldedWords1765470000011,
  SubtasksOnComplete1765470000033,
  CompletedOrder1765470000034,
  DatedTasks1765470000066,
  Search1765470000012,
  SubtasksToDo1765470000070,
];
