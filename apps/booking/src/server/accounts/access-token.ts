/**
 * What an access token may do of what its person may: look, as all tokens may, book and cancel, run events. Never more
 * than that: the account itself is its person's alone.
 */
export const SCOPES = ['read', 'book', 'organise'] as const;

export type Scope = (typeof SCOPES)[number];

/** Days a token may last. */
export const TOKEN_DAYS = [7, 30, 90, 365] as const;

/** Tokens one person may have; each is one more way in. */
export const MOST_TOKENS = 20;

/** So that a token is known as one of ours wherever it turns up, in a repository for example. */
export const TOKEN_PREFIX = 'samaya_';
