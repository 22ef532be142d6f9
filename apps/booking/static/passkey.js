// Asks the browser for a passkey, to sign in with or to make; what it answers goes with the form.
(() => {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const say = (what) => {
      for (const words of form.querySelectorAll('[data-passkey-says]')) {
        words.hidden = words.dataset.passkeySays !== what;
      }
    };
    const known = window.PublicKeyCredential;
    if (!known?.parseRequestOptionsFromJSON) {
      say('missing');
      continue;
    }
    say('');
    form.querySelector('[data-passkey-button]').hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      say('');
      try {
        const asked = await fetch(form.action, {
          method: 'POST',
          headers: { accept: 'application/json' },
          body: new URLSearchParams(new FormData(form)),
        });
        // The page says what is to mend.
        if (!asked.headers.get('content-type')?.startsWith('application/json')) return form.submit();
        const options = await asked.json();
        if (!asked.ok) return form.submit();
        const credential =
          form.dataset.passkey === 'make'
            ? await navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) })
            : await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) });
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        say('stopped');
      }
    });
  }
})();
