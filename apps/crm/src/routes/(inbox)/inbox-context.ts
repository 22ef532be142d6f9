import { createContext } from 'svelte';
import type { InboxState } from './inbox-state.svelte.ts';

/** The state of the inbox, for the notification that is open beside the list. */
export const [getInbox, setInbox] = createContext<InboxState>();
