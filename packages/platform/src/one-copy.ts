import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';

const OURS = /^(#server\/|@samaya\/(platform|booking-notification)\/)/;
const IN_BETWEEN = '\0samaya:one-copy:';

/**
 * Keeps server code out of the bundle of the pages: they import the same modules as the entry point, so that an error
 * class, a cache or a constant exists once in a process, in development and built alike. Node runs the sources as
 * they are, so nothing is gained by bundling them.
 */
export function oneCopyOfServerCode(): Plugin {
  let developing = false;
  let manifest = '';
  return {
    name: 'samaya:one-copy-of-server-code',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'ssr',
    configResolved({ command, root }) {
      developing = command === 'serve';
      manifest = join(root, 'package.json');
    },
    resolveId(source) {
      if (!OURS.test(source)) return null;
      return developing ? IN_BETWEEN + createRequire(manifest).resolve(source) : { id: source, external: true };
    },
    // The development server takes every file of ours for its own, whatever it is told; a data: address it leaves to
    // Node, and Node follows it to the file.
    load(id) {
      if (!id.startsWith(IN_BETWEEN)) return null;
      const file = pathToFileURL(id.slice(IN_BETWEEN.length)).href;
      const address = `data:text/javascript,${encodeURIComponent(`export * from ${JSON.stringify(file)};`)}`;
      return `export * from ${JSON.stringify(address)};`;
    },
  };
}
