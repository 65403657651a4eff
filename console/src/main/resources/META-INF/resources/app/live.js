// One stream for the whole page says that something has changed, and of what kind; the views then ask again for what they show.
// So they are right after a lost connection or a restarted console: when the stream is back, everything counts as changed.

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

/** Calls back when the state changes; answers a function that ends that. */
export function onLiveState(callback) {
  watchers.add(callback);
  return () => watchers.delete(callback);
}

/** Calls back with a Set of topics that have changed; answers a function that ends that. */
export function onChange(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

/** While paused nothing changes under the reader's eyes. */
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

function tell(topics) {
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
    // The server says something every ten seconds at least. A connection that says nothing for long is lost, even if nobody has noticed.
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
    tell(new Set(TOPICS));
  });
  source.addEventListener('message', event => {
    heard();
    tell(new Set(JSON.parse(event.data).changed));
  });
  source.addEventListener('error', lost);
}

// Nobody looks at a page in the background.
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
