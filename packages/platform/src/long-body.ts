/**
 * Milliseconds after which what was found out of a sender before the body came is found out anew: whoever is signed out
 * would else only have to begin a request before, and send the rest when they like.
 */
export const LONG_BODY_MS = 500;
