// Says, while filters are chosen, how many events they would show. Without it the button says how many there are now.
(() => {
  const form = document.getElementById('filter');
  const button = document.querySelector('[data-count]');
  if (!form || !button) return;
  let waiting;
  let asking;
  document.getElementById('filters').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const query = new URLSearchParams(new FormData(form));
        const answer = await fetch(`${button.dataset.count}?${query}`, { signal: asking.signal });
        if (!answer.ok) return;
        const words = await answer.text();
        button.textContent = words;
        button.nextElementSibling.textContent = words;
      } catch {
        // The next choice asks again.
      }
    }, 200);
  });
})();
