// How a span or log record differs from what was sent, in words.
import { html, nothing } from '../core/view.js';
import { count } from '../core/format.js';

const TIMES = {
  START: 'The start time that was sent is impossible; the end time is shown instead.',
  END: 'The end time that was sent is impossible; the start time is shown instead.',
  BOTH: 'The times that were sent are impossible; the span is shown as if it had ended when it arrived.',
};

/**
 * @param altered of the API; null if nothing differs
 * @returns {string[]} sentences
 */
export function alterations(altered, times = TIMES) {
  return [
    altered?.time_replaced ? times[altered.time_replaced] : '',
    altered?.values_left_out ? `${count(altered.values_left_out, 'value')} left out: too large or not readable.` : '',
    altered?.characters_left_out ? `${count(altered.characters_left_out, 'character')} left out of the middle of long texts.` : '',
  ].filter(Boolean);
}

/** The same as a note; nothing if nothing differs. */
export function alteredNote(altered, times) {
  const sentences = alterations(altered, times);
  return sentences.length ? html`<p class="note warn altered">${sentences.join(' ')}</p>` : nothing;
}
