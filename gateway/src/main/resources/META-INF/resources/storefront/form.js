import { isQuantity, MOST_PIECES } from './cart.js';
import { element } from './dom.js';

/**
 * Creates a labelled input with its error message beside it.
 * @param check gets the input; returns a sentence about what is wrong with it, or an empty string
 * @returns {{input: HTMLInputElement, block: HTMLElement, check: function(): boolean, refuse: function(string): void}}
 */
export function field(name, label, properties, check) {
  const error = element('p', { className: 'error', id: `${name}-error` });
  const input = element('input', { name, id: name, ...properties });
  const block = element('div', { className: 'field' }, element('label', { htmlFor: name }, label), input, error);
  const refuse = sentence => {
    error.textContent = sentence;
    if (sentence) {
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', error.id);
    } else {
      input.removeAttribute('aria-invalid');
      input.removeAttribute('aria-describedby');
    }
  };
  const examine = () => {
    const wrong = check?.(input) ?? '';
    refuse(wrong);
    return !wrong;
  };
  // Errors only appear after the first check; from then on, the field is checked as it changes.
  input.addEventListener('input', () => input.hasAttribute('aria-invalid') && examine());
  return { input, block, check: examine, refuse };
}

export function quantityField(name, label, properties) {
  return field(name, label, { type: 'number', inputMode: 'numeric', ...properties }, ({ value }) =>
    isQuantity(Number(value)) ? '' : `Enter a whole number from 1 to ${MOST_PIECES}.`,
  );
}
