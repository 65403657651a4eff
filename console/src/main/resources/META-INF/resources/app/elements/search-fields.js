// The search fields of the views. Each field shows a parameter of the address and changes it.
import { html, nothing } from '../core/view.js';
import { change, here } from '../core/router.js';

const value = name => here().params.get(name) ?? '';

/** @param {{list?: string, type?: string, min?: number, step?: string, hint?: string, live?: boolean, wide?: boolean, pattern?: string}} [how] list: id of a datalist; live: at each key stroke */
export function textField(name, label, how = {}) {
  const set = event => {
    if (event.target.checkValidity()) {
      // A new search starts at its first page.
      change({ cursor: '', [name]: event.target.value.trim() }, { replace: how.live });
    } else {
      event.target.reportValidity();
    }
  };
  return html`<label class=${how.wide ? 'wide' : ''}
    >${label}<input
      name=${name}
      autocomplete="off"
      spellcheck="false"
      list=${how.list ?? nothing}
      type=${how.type ?? 'text'}
      min=${how.min ?? nothing}
      step=${how.step ?? nothing}
      placeholder=${how.hint ?? ''}
      pattern=${how.pattern ?? nothing}
      title=${how.title ?? nothing}
      .value=${value(name)}
      @change=${set}
      @input=${how.live ? set : nothing}
  /></label>`;
}

/** @param {[string, string][]} choices value and words; @param {object} [also] other parameters that the choice changes */
export function choiceField(name, label, choices, also = {}) {
  const known = choices.some(([key]) => key === value(name)) ? choices : [...choices, [value(name), 'custom']];
  return html`<label
    >${label}<select name=${name} @change=${event => change({ cursor: '', ...also, [name]: event.target.value })}>
      ${known.map(([key, words]) => html`<option value=${key} .selected=${value(name) === key}>${words}</option>`)}
    </select></label
  >`;
}

/** The suggestions of a text field. */
export function completions(id, words = []) {
  return html`<datalist id=${id}>${words.map(word => html`<option value=${word}></option>`)}</datalist>`;
}
