/** Where the console shows a trace. */
export function traceAddress(id) {
  return `${document.body.dataset.console}/traces/${id}`;
}

/** A page leads to the trace of the last answer that it shows. @param id undefined when there was none */
export function leadToTrace(id) {
  const anchor = document.querySelector('#trace');
  anchor.hidden = !id;
  anchor.href = id ? traceAddress(id) : '';
}
