import { Failure } from './api.js';
import { isQuantity, MOST_PIECES } from './cart.js';
import { element, problem } from './dom.js';
import { leadToTrace } from './trace.js';

/**
 * Creates a labelled input with its error message beside it.
 * @param check gets the input; returns a sentence about what is wrong with it, or an empty string
 * @param choices makes it a list to choose from: texts by their value
 * @returns {{input: HTMLInputElement | HTMLSelectElement, block: HTMLElement, check: function(): boolean, refuse: function(string): void}}
 */
export function field(name, label, properties, check, choices) {
  const error = element('p', { className: 'error', id: `${name}-error` });
  const options = choices && Object.entries(choices).map(([value, text]) => element('option', { value }, text));
  const input = element(choices ? 'select' : 'input', { name, id: name, ...properties }, options);
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

/**
 * Creates a form that is sent by a script, one request at a time. An error that begins with the name of a field appears beside that
 * field too.
 * @param fields the results of {@link field}
 * @param label the text of the button
 * @param waiting the text of the button meanwhile
 * @param send called when all fields are right; the form stays disabled if the promise resolves
 * @param explain gets the Failure; returns the sentence that is shown, and elements below it
 */
export function sendingForm({ fields, label, waiting, send, explain }) {
  const button = element('button', {}, label);
  const trouble = element('div', { className: 'trouble' });
  const form = element(
    'form',
    { noValidate: true },
    trouble,
    fields.map(({ block }) => block),
    button,
  );
  const refuse = (sentences, wrong) => {
    trouble.replaceChildren(problem(...sentences));
    (wrong?.input ?? trouble.firstElementChild).focus();
  };
  let sending = false;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (sending) {
      return;
    }
    trouble.replaceChildren();
    const wrong = fields.filter(field => !field.check());
    if (wrong.length > 0) {
      refuse([wrong.length === 1 ? 'One field needs your attention.' : `${wrong.length} fields need your attention.`], wrong[0]);
      return;
    }
    sending = button.disabled = true;
    button.textContent = waiting;
    try {
      await send();
    } catch (failure) {
      sending = button.disabled = false;
      button.textContent = label;
      if (!(failure instanceof Failure)) {
        throw failure;
      }
      leadToTrace(failure.trace);
      const named = fields.find(({ input }) => new RegExp(`^(address\\.)?${input.name} `, 'i').test(failure.message));
      named?.refuse(`${failure.message}.`);
      refuse(explain(failure), named);
    }
  });
  return form;
}
