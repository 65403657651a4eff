// Formats times, durations and shares, the same way in every view.
import { html } from 'lit';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const shortClock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

/** Local time; UTC on hover. @param {string} iso RFC 3339 @param {{millis?: boolean}} [how] */
export function time(iso, { millis = false } = {}) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  const text = (millis ? clock : shortClock).format(date);
  return html`<time class="number nowrap" datetime=${iso} title="${iso} (UTC)">${today ? text : `${day.format(date)}, ${text}`}</time>`;
}

/** @param {number} millis */
export function duration(millis) {
  if (millis === null || millis === undefined || Number.isNaN(millis)) {
    return '–';
  }
  const size = Math.abs(millis);
  if (size === 0) return '0 ms';
  if (size < 1) return `${Math.round(millis * 1000)} µs`;
  if (size < 10) return `${millis.toFixed(2)} ms`;
  if (size < 100) return `${millis.toFixed(1)} ms`;
  if (size < 1000) return `${Math.round(millis)} ms`;
  if (size < 60_000) return `${(millis / 1000).toFixed(2)} s`;
  return ago(millis);
}

/** A longer time in words: 42 s, 3 min 5 s, 2 h 10 min. */
export function ago(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600)
    return seconds % 60 && seconds < 600 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Of requests: 0.31/s, 12/s. */
export function rate(perSecond) {
  if (perSecond === 0) return '0/s';
  if (perSecond < 0.01) return '<0.01/s';
  return `${perSecond < 1 ? perSecond.toFixed(2) : perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en')}/s`;
}

/** A share from 0 to 1. */
export function percent(share) {
  if (share === 0) return '0 %';
  if (share < 0.001) return '<0.1 %';
  return `${share < 0.1 || (share > 0.9 && share < 1) ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
}

/** A number with few digits: 0.003, 1.52, 1,234, 2.1 million. */
export function number(value) {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6) return `${new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value)}`;
  return new Intl.NumberFormat('en', { maximumSignificantDigits: size >= 100 ? Math.ceil(Math.log10(size + 1)) : 3 }).format(value);
}

/** A value in the unit that the metric's name states. @param {string} unit seconds, bytes, 1/s, bytes/s, ... or '' */
export function quantity(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return '–';
  }
  const [measure, per] = unit === '1/s' ? ['', 's'] : unit.split('/');
  const of =
    measure === 'seconds'
      ? duration(value * 1000)
      : measure === 'bytes'
        ? bytes(value)
        : measure === 'percent'
          ? `${number(value)} %`
          : number(value);
  return per ? `${of}/${per}` : of;
}

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let size = value;
  let i = 0;
  for (; Math.abs(size) >= 1024 && i < units.length - 1; i++) {
    size /= 1024;
  }
  return `${number(size)} ${units[i]}`;
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** The text of a log record: the name of its event, if it has one, and its message. */
export function messageOf(log, most) {
  return html`${log.event_name ? html`<strong>${foreign(log.event_name, 200)}</strong> ` : ''}${foreign(log.message, most)}`;
}

/** The CSS class for the level of a log record. */
export function levelMark(level) {
  return ['ERROR', 'FATAL'].includes(level) ? 'bad' : level === 'WARN' ? 'warn' : '';
}

// Control characters, and characters that reverse or hide the text around them; \t and \n are harmless.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The text with invisible characters made visible, for places that take no element: titles, labels, canvases. */
export function plain(text) {
  return String(text).replace(UNSEEN, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The name of a service or a span. Senders may leave it blank. */
export function named(text) {
  return String(text).trim() === '' ? '(no name)' : text;
}

/** Text from outside, made safe to show: bounded, without invisible characters, its direction isolated. */
export function foreign(text, most = 2000) {
  const value = String(text);
  return html`<bdi>${plain(value.length > most ? `${value.slice(0, most)}…` : value)}</bdi>`;
}
