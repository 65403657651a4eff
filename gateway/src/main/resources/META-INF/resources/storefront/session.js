// The user who is logged in. The session is a cookie that scripts can't read, so the gateway is asked.
import { get, post, remove } from './api.js';

const changes = new EventTarget();
const otherTabs = new BroadcastChannel('debug-shop-session');
let user; // {username, id}; undefined for a guest, and if the shop can't tell
let certain = true;
let questions = 0; // an answer counts only if there was no later question, log-in or log-out
let asked = ask();

otherTabs.addEventListener('message', () => refresh().catch(() => {}));

async function ask() {
  const mine = ++questions;
  try {
    const { body } = await get('/session');
    if (mine === questions) {
      become(body.username ? { username: body.username, id: body.user_id } : undefined, true);
    }
    return user;
  } catch (failure) {
    if (mine === questions) {
      asked = undefined; // the next page asks again
      become(undefined, false);
    }
    throw failure;
  }
}

function become(found, isCertain) {
  const changed = found?.username !== user?.username || isCertain !== certain;
  user = found;
  certain = isCertain;
  if (changed) {
    changes.dispatchEvent(new Event('change'));
  }
}

function refresh() {
  asked = ask();
  return asked;
}

export const session = {
  /**
   * Returns the user, or undefined for a guest. The gateway is asked once for each document.
   * @returns {Promise<{username: string, id: string} | undefined>} rejects with a Failure if the shop can't tell
   */
  user: () => asked ?? refresh(),
  /** What the last answer was: the user, or undefined; and whether that is certain. */
  get last() {
    return { user, certain };
  },
  /** Returns the user, or undefined for a guest and while the shop can't tell. */
  userOrGuest: () => session.user().catch(() => undefined),
  /** Asks again. Returns whether this user is no longer logged in; false while the shop can't tell. */
  hasEnded: ({ username } = {}) =>
    refresh().then(
      found => found?.username !== username,
      () => false,
    ),
  async logIn(username, password) {
    await post('/session', { username, password });
    await refresh().catch(() => {}); // the log-in has succeeded all the same, and the next page asks again
    otherTabs.postMessage('changed');
  },
  async logOut() {
    await remove('/session');
    questions++;
    asked = Promise.resolve();
    become(undefined, true);
    otherTabs.postMessage('changed');
  },
  /** @param react called when another user is logged in or nobody is any longer, including by other tabs, until the signal aborts */
  onChange: (react, signal) => changes.addEventListener('change', react, { signal }),
};
