type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * Call while a component with a form starts: on a slow line somebody writes before the script arrives, and taking over
 * a page sets every control back to what the server sent. Answers what puts back, once the component is there, what was
 * written and what was unfolded, and says whether anything was written.
 */
export function keepWritten(formId: string): () => boolean {
  const form = typeof document === 'undefined' ? null : document.getElementById(formId);
  if (!form) return () => false;
  const written = controlsOf(form).map((control) => ({ control, state: stateOf(control) }));
  const folds = [...form.querySelectorAll('details')].map((details) => ({ details, isOpen: details.open }));
  return () => {
    for (const { details, isOpen } of folds) details.open = isOpen;
    // Setting a value moves the caret, so what is as it was is left alone.
    const lost = written.filter(({ control, state }) => stateOf(control) !== state);
    for (const { control, state } of lost) {
      if (isTick(control)) control.checked = state === 'on';
      else control.value = state;
    }
    return lost.length > 0;
  };
}

function controlsOf(form: HTMLElement): Control[] {
  return [...form.querySelectorAll<Control>('input:not([type=hidden]), select, textarea')];
}

function stateOf(control: Control): string {
  return isTick(control) ? (control.checked ? 'on' : 'off') : control.value;
}

function isTick(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio');
}
