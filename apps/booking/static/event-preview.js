// Shows, while an event is written, the card that visitors will see. Without it the button "Preview" does.
(() => {
  const form = document.getElementById('event-form');
  const preview = document.getElementById('preview');
  const words = document.getElementById('preview-words');
  if (!form || !preview || !words) return;
  let waiting;
  let asking;
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      const { signal } = asking;
      try {
        const answer = await fetch('?/preview', {
          method: 'POST',
          body: new FormData(form),
          headers: { accept: 'text/html' },
          signal,
        });
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        preview.replaceChildren(...page.getElementById('preview').childNodes);
        words.textContent = page.getElementById('preview-words').textContent;
      } catch {
        // What was shown stays; the next word asks again.
      }
    }, 200);
  });
})();
