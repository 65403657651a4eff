/** Returns the address of a trace in the console, or an empty text if there is no console. */
export function traceAddress(id) {
  const { console } = document.body.dataset;
  return console && `${console}/traces/${id}`;
}

/** Sets the page's link to the trace of its last answer. @param id undefined if there is none */
export function leadToTrace(id) {
  const anchor = document.querySelector('#trace');
  anchor.href = id ? traceAddress(id) : '';
  anchor.hidden = !anchor.getAttribute('href');
}
