import { createHash } from 'node:crypto';

const STYLE = `:root{color-scheme:light dark}body{max-width:34rem;margin:15vh auto;padding:0 1.25rem;font:1.0625rem/1.6 system-ui,sans-serif}h1{font-size:1.5rem;line-height:1.25}`;

/** What the error page may load: its own style, by hash. */
export const OIDC_ERROR_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The page for a sign-in request that cannot go on: says what to do, and why in the provider's words. */
export function renderOidcError(status: number, why: string | undefined, startAgainUrl: string): string {
  const away = status === 503;
  const title = away ? 'Sign-in is away for a moment' : 'This sign-in cannot go on';
  const advice = away ? 'Try again in a few seconds.' : 'It may have taken too long, or been used already.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Samaya</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${advice}${why && !away ? ` (${escapeHtml(why)})` : ''}</p>
<p><a href="${escapeHtml(startAgainUrl)}">Start again</a></p>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
