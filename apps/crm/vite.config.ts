import { join } from 'node:path';
import { oneCopyOfServerCode } from '@samaya/platform/one-copy.ts';
import { versionOfSources } from '@samaya/platform/source-version.ts';
import { unstyledAnnouncer } from '@samaya/platform/unstyled-announcer.ts';
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig(({ command }) => ({
  // The type both applications use lies outside of this one.
  server: { fs: { allow: ['../../packages/ui'] } },
  plugins: [
    oneCopyOfServerCode(),
    unstyledAnnouncer(),
    sveltekit({
      adapter: adapter(),
      // The same sources are built to the same bytes: not named by the moment, nor after where the checkout lies.
      version: { name: versionOfSources(import.meta.dirname).slice(0, 16) },
      compilerOptions: { rootDir: join(import.meta.dirname, '../..') },
      // Our own server refuses foreign forms before a page sees them, alike in development and built: page-origin.ts.
      csrf: { trustedOrigins: ['*'] },
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['none'],
          'script-src': ['self'],
          'style-src': ['self'],
          'img-src': ['self', 'data:'],
          'font-src': ['self'],
          // In development the browser is told of changes on a port of its own.
          'connect-src': command === 'serve' ? ['self', 'ws:'] : ['self'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
}));
