import assert from 'node:assert/strict';
import { test } from 'node:test';
import { siteMapIndexOf, siteMapOf } from './site-map.ts';

test('addresses are listed in the words of the protocol', () => {
  assert.equal(
    siteMapOf(['https://book.example.org/', 'https://book.example.org/events?a=1&b="<2>']),
    `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://book.example.org/</loc></url>
<url><loc>https://book.example.org/events?a=1&#38;b=&#34;&#60;2&#62;</loc></url>
</urlset>
`,
  );
  assert.match(siteMapIndexOf(['https://x.example/sitemap.xml?part=0']), /<sitemapindex [^>]*>\n<sitemap><loc>https:/);
});
