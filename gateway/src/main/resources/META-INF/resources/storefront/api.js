const PATIENCE = 15_000; // the gateway gives up on its upstreams long before

/** The gateway's answer was an error, or there was none. The message is its own sentence, without the full stop. */
export class Failure extends Error {
  /**
   * @param status the HTTP status; 0 without an answer
   * @param trace the id of the trace, if known
   * @param nothingDone whether the request has certainly changed nothing: the answer has Retry-After
   */
  constructor(message, status, trace, nothingDone = false) {
    super(message);
    this.status = status;
    this.trace = trace;
    this.nothingDone = nothingDone;
  }
}

/** @returns {Promise<{body: object, trace: string | undefined}>} or rejects with a Failure, or with the reason of the signal */
export function get(path, signal) {
  return ask(path, {}, signal);
}

/** Not to be aborted: what was sent may have been done. */
export function post(path, body, headers) {
  return ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });
}

async function ask(path, request, signal) {
  let answer;
  try {
    const patience = AbortSignal.timeout(PATIENCE);
    answer = await fetch(path, {
      ...request,
      headers: { Accept: 'application/json', ...request.headers },
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
  } catch (failure) {
    signal?.throwIfAborted();
    throw new Failure(failure.name === 'TimeoutError' ? 'the shop did not answer in time' : 'the shop does not answer', 0);
  }
  // The gateway says on every answer which trace it belongs to (W3C Server Timing).
  const trace = /\b00-([0-9a-f]{32})-/.exec(answer.headers.get('Server-Timing') ?? '')?.[1];
  let body;
  try {
    body = await answer.json();
  } catch {
    signal?.throwIfAborted();
    throw new Failure('the shop gave an answer that cannot be read', answer.status, trace);
  }
  if (!answer.ok) {
    throw new Failure(body.error ?? `the shop answered ${answer.status}`, answer.status, trace, answer.headers.has('Retry-After'));
  }
  return { body, trace };
}
