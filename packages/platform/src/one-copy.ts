import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';

const OURS = /^(#server\/|@samaya\/(platform|booking-notification)\/)/;

/**
 * Keeps server code out of the bundle of the pages: they import the same modules as the entry point, so that an error
 * class, a cache or a constant exists once in a process, in development and built alike. Node runs the sources as
 * they are, so nothing is gained by bundling them.
 */
export function oneCopyOfServerCode(): Plugin {
  let root = process.cwd();
  let dev = false;
  return {
    name: 'samaya:one-copy-of-server-code',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'ssr',
    configResolved(config) {
      root = config.root;
      dev = config.command === 'serve';
    },
    resolveId(source) {
      if (!OURS.test(source)) return null;
      // The build keeps the name, which Node resolves from the application's package.json; the development server
      // imports from elsewhere and needs the file itself.
      const id = dev ? pathToFileURL(createRequire(join(root, 'package.json')).resolve(source)).href : source;
      return { id, external: true };
    },
  };
}
