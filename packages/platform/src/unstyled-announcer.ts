import type { Plugin } from 'vite';

const ROOT = /@sveltejs\/kit\/src\/runtime\/components\/root\.svelte$/;
const STYLE = /(id="svelte-announcer"[^>]*?)\sstyle="[^"]*"/;

/**
 * SvelteKit hides the element in which it announces the next page by a style attribute, which our policy forbids.
 * Without the attribute the policy need not be weakened; the application's style sheet hides `#svelte-announcer`.
 */
export function unstyledAnnouncer(): Plugin {
  return {
    name: 'samaya:unstyled-announcer',
    enforce: 'pre',
    transform(code, id) {
      if (!ROOT.test(id)) return null;
      if (!STYLE.test(code)) throw new Error(`${id} is not as it was; see whether it still needs a style attribute.`);
      return { code: code.replace(STYLE, '$1'), map: null };
    },
  };
}
