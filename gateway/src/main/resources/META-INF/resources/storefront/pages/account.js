// The pages to log in and to sign up. Afterwards the visitor returns to the page before.
import { Failure, post } from '../api.js';
import { element, problem } from '../dom.js';
import { field, sendingForm } from '../form.js';
import { go, link, loginHere, returnAddress } from '../place.js';
import { session } from '../session.js';

const USERNAME = /^[a-z0-9._-]{3,64}$/;
const PASSWORD_CHARACTERS = [8, 128];

/** Mobile keyboards begin a text with a capital letter, and no username has one. */
const AS_TYPED = { autocapitalize: 'none', spellcheck: false };

export async function login() {
  const user = await session.userOrGuest();
  if (user) {
    return loggedIn(user);
  }
  const username = field('username', 'Username', { autocomplete: 'username', maxLength: 64, required: true, ...AS_TYPED }, ({ value }) =>
    value.trim() ? '' : 'Enter your username.',
  );
  const password = field(
    'password',
    'Password',
    { type: 'password', autocomplete: 'current-password', maxLength: PASSWORD_CHARACTERS[1], required: true },
    ({ value }) => (value ? '' : 'Enter your password.'),
  );
  const form = sendingForm({
    fields: [username, password],
    label: 'Log in',
    waiting: 'Logging in …',
    async send() {
      await session.logIn(username.input.value.trim(), password.input.value);
      goBack();
    },
    explain: loginProblem,
  });
  return page('Log in', form, 'No account yet? ', element('a', { href: loginHere('/shop/signup') }, 'Sign up'));
}

export async function signup() {
  const user = await session.userOrGuest();
  if (user) {
    return loggedIn(user);
  }
  const username = field(
    'username',
    'Username (at least 3 characters)',
    { autocomplete: 'username', maxLength: 64, required: true, ...AS_TYPED },
    ({ value }) => (USERNAME.test(value.trim()) ? '' : 'Enter 3 to 64 characters: only a to z, 0 to 9, “.”, “_” and “-”.'),
  );
  const email = field('email', 'E-mail', { type: 'email', autocomplete: 'email', maxLength: 254, required: true }, ({ value, validity }) =>
    value.trim() && !validity.typeMismatch ? '' : 'Enter an e-mail address such as name@example.com.',
  );
  const password = field(
    'password',
    'Password (at least 8 characters)',
    { type: 'password', autocomplete: 'new-password', maxLength: PASSWORD_CHARACTERS[1], required: true },
    ({ value }) => (value.length >= PASSWORD_CHARACTERS[0] ? '' : 'Enter at least 8 characters.'),
  );
  const form = sendingForm({
    fields: [username, email, password],
    label: 'Sign up',
    waiting: 'Signing up …',
    async send() {
      const name = username.input.value.trim();
      await post('/api/v1/signup', { username: name, password: password.input.value, email: email.input.value.trim() });
      try {
        await session.logIn(name, password.input.value);
      } catch (failure) {
        if (!(failure instanceof Failure)) {
          throw failure;
        }
        notLoggedInYet(form, failure);
        return;
      }
      goBack();
    },
    explain: signupProblem,
  });
  return page('Sign up', form, 'Do you have an account? ', element('a', { href: loginHere('/shop/login') }, 'Log in'));
}

/** Replaces the page in the history, so that the back button doesn't lead to the form. */
function goBack() {
  go(returnAddress(), 'replace');
}

function page(title, form, ...otherWay) {
  return {
    title,
    content: [element('h1', { tabIndex: -1 }, title), element('div', { className: 'account' }, form, element('p', {}, ...otherWay))],
  };
}

function loggedIn({ username }) {
  return {
    title: 'You are logged in',
    content: [
      element('h1', { tabIndex: -1 }, 'You are logged in'),
      element('p', {}, `Your username is ${username}. `, element('a', { href: returnAddress() }, 'Continue')),
    ],
  };
}

function loginProblem({ message, status, seconds }) {
  if (status === 429) {
    return [`${message}.`, seconds && element('p', {}, `Try again in ${seconds === 1 ? 'one second' : `${seconds} seconds`}.`)];
  }
  if (status >= 400 && status < 500) {
    return [`${message}.`];
  }
  return [
    `You cannot log in at the moment: ${message}.`,
    element('p', {}, 'You can go on ', element('a', { href: returnAddress() }, 'as a guest'), ', or try again later.'),
  ];
}

function signupProblem({ message, status, nothingDone }) {
  if (status >= 400 && status < 500) {
    return [`${message}.`];
  }
  return nothingDone
    ? [`You cannot sign up at the moment: ${message}.`, element('p', {}, 'Try again later.')]
    : [
        `It is not certain that you are signed up: ${message}.`,
        element('p', {}, 'Try again. If the username is taken then, it may be yours: ', loginLink('log in'), '.'),
      ];
}

function notLoggedInYet(form, { message }) {
  const sentence = problem(`You are signed up, but not logged in: ${message}.`, loginLink('Log in'));
  form.replaceWith(sentence);
  sentence.focus();
}

function loginLink(text) {
  return element('a', { href: loginHere('/shop/login') }, text);
}
