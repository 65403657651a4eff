// How a span or log record differs from what was sent, in words.
import { html, nothing } from './view.js';
import { count } from './format.js';

const TIMES = {
  START: 'The start that was sent cannot be; the end stands in its place.',
  END: 'The end that was sent cannot be; the start stands in its place.',
  BOTH: 'The times that were sent cannot be; it is shown as if it had ended when it arrived.',
};

/**
 * @param altered of the API; null if nothing differs
 * @returns {string[]} sentences
 */
export function alterations(altered, times = TIMES) {
  return [
    altered?.time_replaced ? times[altered.time_replaced] : '',
    altered?.values_left_out ? `${count(altered.values_left_out, 'value')} left out: there was no room, or it could not be read.` : '',
    altered?.characters_left_out ? `${count(altered.characters_left_out, 'character')} left out of the middle of long texts.` : '',
  ].filter(Boolean);
}

/** The same as a note; nothing if nothing differs. */
export function alteredNote(altered, times) {
  const sentences = alterations(altered, times);
  return sentences.length ? html`<p class="note warn altered">${sentences.join(' ')}</p>` : nothing;
}
