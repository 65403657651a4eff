/** Returns the address of a trace in the console. */
export function traceAddress(id) {
  return `${document.body.dataset.console}/traces/${id}`;
}

/** Sets the page's link to the trace of its last answer. @param id undefined if there is none */
export function leadToTrace(id) {
  const anchor = document.querySelector('#trace');
  anchor.hidden = !id;
  anchor.href = id ? traceAddress(id) : '';
}
