import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const NAUGHTY = z
  .array(z.string())
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'naughty-strings/blns.json'), 'utf8')));

// What the list has little of: ways out of each place where words of people stand.
const OURS = [
  '</title><script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<!--<script>alert(1)</script>',
  '--><script>alert(1)</script>',
  ']]><script>alert(1)</script>',
  '"><svg/onload=alert(1)>',
  "'><img src=x onerror=alert(1)>",
  '" onmouseover="alert(1)',
  "' autofocus onfocus='alert(1)",
  '"/><meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<base href="https://evil.example/">',
  '<link rel="stylesheet" href="https://evil.example/a.css">',
  '<form action="https://evil.example/"><button>Go on</button>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<details open ontoggle=alert(1)>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<template><script>alert(1)</script></template>',
  '<style>@import "https://evil.example/a.css"</style>',
  '<a href="javascript:alert(1)">yin</a>',
  '{@html "<img src=x onerror=alert(1)>"}',
  '<svelte:element this="script">alert(1)</svelte:element>',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '{{7*7}} {{constructor.constructor("alert(1)")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of somebody else’s.
  '${7*7} ${alert(1)}',
  '<%= 7*7 %> <% alert(1) %>',
  '#{7*7} *{7*7} [[7*7]]',
  '%7B%7B7*7%7D%7D &lt;script&gt;alert(1)&lt;/script&gt;',
  '\u2028alert(1)//\u2029<script>',
];

const LONGEST = 100;
const COUNT = 150;

/** Words with which somebody tries to get something run, drawn or read that is not theirs; each fits into a name. */
export const HOSTILE_WORDS: readonly string[] = [
  ...new Set([...OURS, ...NAUGHTY.filter((text) => /[<>"'`]|script|alert/i.test(text))]),
]
  .filter((text) => text.trim() !== '' && [...text].length <= LONGEST && !text.includes('\0') && text.isWellFormed())
  .slice(0, COUNT);
