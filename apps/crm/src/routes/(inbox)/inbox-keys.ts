/** What a key asks for. */
export type KeyAction =
  | 'down'
  | 'up'
  | 'mark'
  | 'undo'
  | 'select'
  | 'search'
  | 'close'
  | 'keys'
  | 'go-todo'
  | 'go-processed'
  | 'go-all';

const KEYS: Readonly<Record<string, KeyAction>> = {
  j: 'down',
  k: 'up',
  e: 'mark',
  z: 'undo',
  x: 'select',
  '/': 'search',
  '?': 'keys',
  Escape: 'close',
};
const AFTER_G: Readonly<Record<string, KeyAction>> = { i: 'go-todo', p: 'go-processed', a: 'go-all' };
const SEQUENCE_MS = 1500;
const TYPED_INTO = 'input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [popover]';

/** Reads keys, the two of `g i` together. Keys typed into a field, or with Ctrl, Alt or ⌘, are left alone. */
export function createKeyReader(): (event: KeyboardEvent) => KeyAction | undefined {
  let goSince = -Infinity;
  return (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(TYPED_INTO)) return;
    // The browser closes what lies over the page.
    if (event.key === 'Escape' && document.querySelector(':popover-open')) return;
    const isAfterG = event.timeStamp - goSince < SEQUENCE_MS;
    goSince = event.key === 'g' ? event.timeStamp : -Infinity;
    return isAfterG ? AFTER_G[event.key] : KEYS[event.key];
  };
}
