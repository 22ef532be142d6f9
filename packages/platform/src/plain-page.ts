import { createHash } from 'node:crypto';

/** How a page looks that stands alone, without the application's style sheets. `error.html` has the very same text. */
export const PLAIN_STYLE = `
:root { color-scheme: light dark }
body {
  min-height: 100dvh; margin: 0; display: grid; place-items: center;
  background: light-dark(#fbf8f3, #131815); color: light-dark(#1f2a24, #ecefea);
  font: 1.0625rem/1.5 Figtree, system-ui, sans-serif;
}
main { box-sizing: border-box; width: min(36rem, 100%); padding: 2rem }
svg { width: 6rem }
circle { fill: light-dark(#e9b95c, #e0b769) }
path { fill: light-dark(#2f6b4f, #7fc8a0); opacity: .85 }
h1 { margin: 1.5rem 0 1rem; font: 600 1.75rem/1.2 Georgia, serif; text-wrap: balance }
a {
  display: inline-block; padding: .625rem 1.375rem; border: 1px solid transparent; border-radius: 6px;
  background: light-dark(#2f6b4f, #7fc8a0); color: light-dark(#ffffff, #0e1a13); font-weight: 600; text-decoration: none;
}
a:focus-visible { outline: 2px solid light-dark(#1d5fd1, #8ab4ff); outline-offset: 2px }
p + p { color: light-dark(#5a655e, #a9b4ac); font-size: .875rem }
`;

const DRAWING =
  '<svg viewBox="0 0 64 40" aria-hidden="true"><circle cx="32" cy="21" r="9"/><path d="M2 32c8-9 16-9 24-2s18 6 36-4v14H2z"/></svg>';

/** What such a page may load: nothing but this style. */
export const PLAIN_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256')
  .update(PLAIN_STYLE)
  .digest('base64')}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** The page of a refusal that no layout can be shown for: the words are ours, and have no markup. */
export function plainRefusal(words: string, requestId: string): string {
  return plainPage({
    title: words,
    paragraphs: ['<a href="">Try again</a>', `If you report this, quote ${requestId}.`],
  });
}

/** A page in plain HTML; the texts are ours and have no markup. */
export function plainPage({ title, paragraphs }: { title: string; paragraphs: readonly string[] }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${PLAIN_STYLE}</style>
</head>
<body>
<main>
${DRAWING}
<h1>${title}</h1>
${paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n')}
</main>
</body>
</html>
`;
}
