// Shows the state of the switch, polls it every two seconds, and sets it. It sends the new state rather than "toggle", so that a
// second click or an outdated page doesn't undo another user's change.

const EVERY = 2_000;
const PATIENCE = 5_000;

const card = document.getElementById('card');
const state = document.getElementById('state');
const effect = document.getElementById('effect');
const toggle = document.getElementById('toggle');
const consequence = document.getElementById('consequence');
const problem = document.getElementById('problem');
const changes = document.getElementById('changes');
const none = document.getElementById('none');
const freshness = document.getElementById('freshness');

const WORDS = {
  on: {
    state: 'Token authentication is on',
    effect: 'Bookings work.',
    button: 'Turn token authentication off',
    consequence: 'Then bookings will fail: the cache will answer 401, instabook 500.',
  },
  off: {
    state: 'Token authentication is off',
    effect: 'Bookings fail: the cache answers 401, instabook 500.',
    button: 'Turn token authentication on',
    consequence: 'Then bookings will work again.',
  },
};
const BY = { page: 'from this page', api: 'by API' };

let enabled; // the last known state; undefined before the first answer
let newest = 0; // the number of the latest request; answers to older ones are ignored
let timer;

async function ask(path, options) {
  const number = ++newest;
  const answer = await fetch(path, { ...options, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  const body = await answer.json();
  if (!answer.ok) {
    throw new Refused(body.error);
  }
  return number === newest ? body : undefined;
}

class Refused extends Error {}

async function refresh() {
  clearTimeout(timer);
  try {
    const history = await ask('/admin/token/changes');
    if (history) {
      show(history);
    }
  } catch (failure) {
    missing(failure);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, document.hidden ? 10 * EVERY : EVERY);
}

async function change() {
  toggle.setAttribute('aria-busy', 'true');
  try {
    await ask('/admin/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ enabled: !enabled }),
    });
    showProblem('');
  } catch (failure) {
    showProblem(failure instanceof Refused ? failure.message : 'The switch may not have changed: the service is not reachable.');
  } finally {
    toggle.removeAttribute('aria-busy');
    await refresh();
  }
}

function show(history) {
  enabled = history.enabled;
  const name = enabled ? 'on' : 'off';
  card.dataset.state = name;
  delete card.dataset.stale;
  write(state, WORDS[name].state);
  write(effect, WORDS[name].effect);
  write(toggle, WORDS[name].button);
  write(consequence, WORDS[name].consequence);
  toggle.disabled = false;
  none.hidden = history.changes.length > 0;
  list(history.changes);
  write(freshness, 'Up to date; updated every two seconds.');
  document.title = `${enabled ? 'On' : 'Off'} · Token switch · instabook-cache`;
}

function missing(failure) {
  card.dataset.stale = '';
  toggle.disabled = true;
  write(state, failure instanceof Refused ? 'Not allowed' : 'Not reachable');
  write(
    effect,
    failure instanceof Refused
      ? failure.message
      : enabled === undefined
        ? 'instabook-cache does not answer.'
        : `instabook-cache does not answer. It was ${enabled ? 'on' : 'off'} when last seen.`,
  );
  card.dataset.state = 'unknown';
  write(consequence, '');
  write(freshness, 'Trying again every two seconds.');
  document.title = 'Not reachable · Token switch · instabook-cache';
}

function list(entries) {
  const shown = JSON.stringify(entries);
  if (changes.dataset.shown !== shown) {
    changes.dataset.shown = shown;
    changes.replaceChildren(...entries.map(row));
  }
}

function row({ enabled, changed_at, changed_by }) {
  const item = document.createElement('li');
  const what = document.createElement('strong');
  what.textContent = enabled ? 'Turned on' : 'Turned off';
  const who = document.createElement('span');
  who.textContent = BY[changed_by];
  const when = document.createElement('time');
  when.dateTime = changed_at;
  when.title = changed_at;
  when.textContent = new Date(changed_at).toLocaleString();
  item.append(what, who, when);
  return item;
}

// Screen readers announce each write to a live region, even if the text is the same.
function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function showProblem(text) {
  problem.hidden = text === '';
  write(problem, text);
}

document.getElementById('host').textContent = location.host;
toggle.addEventListener('click', change);
document.addEventListener('visibilitychange', () => document.hidden || refresh());
await refresh();
