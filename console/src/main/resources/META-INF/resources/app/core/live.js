// One stream for the whole page reports which kinds of data have changed; the views then request what they show again. When the stream is
// back after a lost connection or a restart of the console, all data counts as changed, so no update is missed.

const TOPICS = ['traces', 'logs', 'metrics', 'failures'];
const listeners = new Set();
const watchers = new Set();
let source;
let retry;
let delay = 1000;
let state = 'connecting';

/** 'connecting', 'open', 'lost' (and being tried again) or 'paused' */
export function liveState() {
  return state;
}

/** Calls back when the state changes. Returns a function that stops this. */
export function onLiveState(callback) {
  watchers.add(callback);
  return () => watchers.delete(callback);
}

/** Calls back with the Set of topics that have changed. Returns a function that stops this. */
export function onChange(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

/** Stops the updates while the reader wants a page that stands still. */
export function pause(on) {
  if (on) {
    close();
    become('paused');
  } else {
    become('connecting');
    connect();
  }
}

function become(next) {
  if (state !== next) {
    state = next;
    watchers.forEach(callback => callback(next));
  }
}

function notify(topics) {
  listeners.forEach(callback => callback(topics));
}

function close() {
  clearTimeout(retry);
  source?.close();
  source = undefined;
}

function connect() {
  close();
  source = new EventSource('/api/live');
  let silence;
  const heard = () => {
    // The server sends something at least every ten seconds. A connection that is silent for longer is lost, even without an error.
    clearTimeout(silence);
    silence = setTimeout(lost, 30_000);
  };
  const lost = () => {
    clearTimeout(silence);
    if (state === 'paused') {
      return;
    }
    become('lost');
    close();
    retry = setTimeout(connect, delay);
    delay = Math.min(delay * 2, 10_000);
  };
  source.addEventListener('open', () => {
    delay = 1000;
    heard();
    become('open');
    notify(new Set(TOPICS));
  });
  source.addEventListener('message', event => {
    heard();
    notify(new Set(JSON.parse(event.data).changed));
  });
  source.addEventListener('error', lost);
}

// A page in the background needs no updates.
document.addEventListener('visibilitychange', () => {
  if (state === 'paused') {
    return;
  }
  if (document.hidden) {
    close();
  } else if (!source) {
    connect();
  }
});

connect();
