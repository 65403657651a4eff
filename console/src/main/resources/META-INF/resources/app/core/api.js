// Requests to the console's API.

/** An error message for users. `status` is 0 if there was no answer. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Returns the JSON at this path. @throws {ApiError} @param {AbortSignal} [signal] */
export async function get(path, signal) {
  return ask(path, { signal });
}

/** Sends JSON and returns the JSON of the answer. @throws {ApiError} */
export async function send(method, path, body) {
  return ask(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: { Accept: 'application/json', ...options.headers }, cache: 'no-store' });
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new ApiError('The console does not answer.', 0);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new ApiError(body?.error ?? `The console answered ${answer.status}.`, answer.status);
  }
  if (body === null) {
    throw new ApiError('The answer of the console is not JSON.', answer.status);
  }
  return body;
}
