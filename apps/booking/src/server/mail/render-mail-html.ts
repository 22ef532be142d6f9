import { type MailDocument, type MailPart, oneLine, paragraphsOf } from './mail-document.ts';
import { FRAME } from './mail-texts.ts';

// Programs that read mail keep inline styles and little else; those that know dark mode read the one sheet.
const STYLE = {
  body: 'margin:0;background:#fbf8f3;color:#1f2a24;font:16px/1.5 Figtree,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word',
  page: 'max-width:34rem;margin:0 auto;padding:24px 16px 32px',
  brand: 'margin:0 0 12px;font-weight:600;color:#5a655e',
  card: 'padding:24px;border-radius:14px;background:#ffffff',
  title: 'margin:0 0 12px;font:600 25px/1.2 Fraunces,"Iowan Old Style","Palatino Linotype",Georgia,serif',
  text: 'margin:0 0 16px',
  facts: 'margin:0 0 20px',
  term: 'margin:0;font-size:14px;color:#5a655e',
  line: 'margin:0;font-weight:600',
  quietLine: 'margin:0;font-size:14px;color:#5a655e',
  fact: 'margin:0 0 12px',
  action: 'margin:0 0 12px',
  button:
    'display:inline-block;padding:11px 22px;border-radius:6px;background:#2f6b4f;color:#ffffff;font-weight:600;text-decoration:none',
  address: 'margin:0 0 20px;font-size:14px;color:#5a655e;overflow-wrap:anywhere',
  link: 'color:#2f6b4f',
  noteTitle: 'margin:24px 0 8px;font-size:16px;line-height:1.3',
  reason: 'margin:16px 8px 0;font-size:14px;color:#5a655e',
} as const;

const DARK = `@media (prefers-color-scheme: dark) {
body { background: #131815 !important; color: #ecefea !important; }
.card { background: #1b221e !important; }
.quiet { color: #a9b4ac !important; }
.button { background: #7fc8a0 !important; color: #0e1a13 !important; }
.link { color: #7fc8a0 !important; }
}`;

/** A mail as HTML: one column, nothing loaded from anywhere, light and dark. */
export function renderMailHtml(document: MailDocument, studio: string): string {
  const title = markup(document.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>
${DARK}
</style>
</head>
<body style='${STYLE.body}'>
<div style='${STYLE.page}'>
<p class="quiet" style='${STYLE.brand}'>${markup(studio)}</p>
<div class="card" style='${STYLE.card}'>
<h1 style='${STYLE.title}'>${title}</h1>
${document.parts.map(htmlOf).join('\n')}
</div>
<p class="quiet" style='${STYLE.reason}'>${markup(document.reason)}</p>
</div>
</body>
</html>
`;
}

function htmlOf(part: MailPart): string {
  switch (part.kind) {
    case 'text':
      return `<p style='${STYLE.text}'>${markup(part.text)}</p>`;
    case 'facts':
      return `<div style='${STYLE.facts}'>\n${part.facts.map(factOf).join('\n')}\n</div>`;
    case 'button':
      return `<p style='${STYLE.action}'><a class="button" style='${STYLE.button}' ${hrefOf(part.href)}>${markup(part.label)}</a></p>
<p class="quiet" style='${STYLE.address}'>${markup(FRAME.address)} <a class="link" style='${STYLE.link}' ${hrefOf(part.href)}>${markup(part.href)}</a></p>`;
    case 'link':
      return `<p style='${STYLE.text}'>${markup(part.text)} <a class="link" style='${STYLE.link}' ${hrefOf(part.href)}>${markup(part.label)}</a></p>`;
    case 'note':
      return [
        `<h2 style='${STYLE.noteTitle}'>${markup(part.title)}</h2>`,
        ...paragraphsOf(part.text).map((lines) => `<p style='${STYLE.text}'>${lines.map(markup).join('<br>')}</p>`),
      ].join('\n');
  }
}

function factOf({ term, lines }: { term: string; lines: readonly string[] }): string {
  const [first = '', ...further] = lines;
  return [
    `<div style='${STYLE.fact}'>`,
    `<p class="quiet" style='${STYLE.term}'>${markup(term)}</p>`,
    `<p dir="auto" style='${STYLE.line}'>${markup(first)}</p>`,
    ...further.map((line) => `<p class="quiet" style='${STYLE.quietLine}'>${markup(line)}</p>`),
    '</div>',
  ].join('\n');
}

// A page of its own, where a mail is shown inside of another page.
function hrefOf(href: string): string {
  return `href="${markup(href)}" target="_blank" rel="noopener noreferrer"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The one place where words become markup. */
function markup(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
