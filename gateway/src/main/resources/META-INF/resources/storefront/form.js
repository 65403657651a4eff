import { isQuantity, MOST_PIECES } from './cart.js';
import { element } from './dom.js';

/**
 * A labelled input with its error beside it.
 * @param check gets the input, returns what is wrong with it as a sentence, or nothing
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
  // Not before there was something to complain about; then at once when it is right.
  input.addEventListener('input', () => input.hasAttribute('aria-invalid') && examine());
  return { input, block, check: examine, refuse };
}

export function quantityField(name, label, properties) {
  return field(name, label, { type: 'number', inputMode: 'numeric', ...properties }, ({ value }) =>
    isQuantity(Number(value)) ? '' : `Enter a whole number from 1 to ${MOST_PIECES}.`,
  );
}
