// The search box and the account in the header, which stay while the pages change.
import { Failure } from './api.js';
import { problem } from './dom.js';
import { currentSearch, go, link, loginHere } from './place.js';
import { session } from './session.js';

const search = document.querySelector('#search');
const login = document.querySelector('#login');
const username = document.querySelector('#user');
const forUsers = document.querySelectorAll('#orders, #logout');

/** Makes the header fit the page that is shown now. */
export function followPage() {
  login.href = loginHere('/shop/login');
  if (document.activeElement !== search.elements.text) {
    search.elements.text.value = currentSearch();
  }
}

function showUser() {
  const { user, certain } = session.last;
  const isGuest = !user && certain; // if it isn't certain, there is a session, and without it the visitor can go on as a guest
  login.hidden = !isGuest;
  forUsers.forEach(part => (part.hidden = isGuest));
  username.hidden = !user;
  username.querySelector('bdi').textContent = user?.username ?? '';
}

search.addEventListener('submit', event => {
  event.preventDefault();
  const text = search.elements.text.value.trim();
  if (text) {
    go(link('/shop/search', { text }));
  }
});

document.querySelector('#logout').addEventListener('click', async ({ target }) => {
  target.disabled = true;
  try {
    await session.logOut();
    go(link('/'));
  } catch (failure) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    const sentence = problem(`You are still logged in: ${failure.message}.`);
    document.querySelector('main').prepend(sentence);
    sentence.focus();
  } finally {
    target.disabled = false;
  }
});

session.onChange(showUser);
session.user().then(showUser, showUser);
