// Puts the cursor into the first field of the form beside an event. On a phone the form lies further down, and the
// keyboard would cover what the event is about.
if (matchMedia('(width >= 56rem)').matches) {
  document.querySelector('[data-focus-wide]')?.focus({ preventScroll: true });
}
