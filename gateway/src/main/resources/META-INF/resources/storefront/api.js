const PATIENCE = 15_000; // milliseconds; far longer than the gateway waits for its upstreams

/** An error from the gateway, or no answer at all. The message is the gateway's own sentence, without the full stop. */
export class Failure extends Error {
  /**
   * @param status the HTTP status; 0 if there was no answer
   * @param trace the trace id, if there is one
   * @param retryAfter the header Retry-After, which means that the request certainly changed nothing
   */
  constructor(message, status, trace, retryAfter = null) {
    super(message);
    this.status = status;
    this.trace = trace;
    this.nothingDone = retryAfter !== null;
    this.seconds = Number.parseInt(retryAfter, 10) || undefined; // until another attempt is worthwhile
  }
}

/** @returns {Promise<{body: object, trace: string | undefined}>} rejects with a Failure, or with the signal's reason */
export function get(path, signal) {
  return ask(path, {}, signal);
}

/** Sends a request that can't be aborted, because the server may already have acted on it. */
export function post(path, body, headers) {
  return ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });
}

/** Sends a DELETE request. It can't be aborted either. */
export function remove(path) {
  return ask(path, { method: 'DELETE' });
}

async function ask(path, request, signal) {
  let answer;
  try {
    const patience = AbortSignal.timeout(PATIENCE);
    answer = await fetch(path, {
      ...request,
      headers: { Accept: 'application/json', 'X-Requested-With': 'fetch', ...request.headers },
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
  } catch (failure) {
    signal?.throwIfAborted();
    throw new Failure(failure.name === 'TimeoutError' ? 'the shop did not answer in time' : 'the shop does not answer', 0);
  }
  // The gateway sends the trace of each answer (W3C Server Timing).
  const trace = /\b00-([0-9a-f]{32})-/.exec(answer.headers.get('Server-Timing') ?? '')?.[1];
  let body;
  try {
    body = await answer.json();
  } catch {
    signal?.throwIfAborted();
    throw new Failure('the shop gave an answer that cannot be read', answer.status, trace);
  }
  if (!answer.ok) {
    throw new Failure(body.error ?? `the shop answered ${answer.status}`, answer.status, trace, answer.headers.get('Retry-After'));
  }
  return { body, trace };
}
