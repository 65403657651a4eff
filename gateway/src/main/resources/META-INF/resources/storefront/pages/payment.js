// The part of an order's page in which its user pays.
import { Failure, post } from '../api.js';
import { element, money } from '../dom.js';
import { field, sendingForm } from '../form.js';
import { loginHere } from '../place.js';
import { session } from '../session.js';
import { paid, payment as attempt } from '../visit.js';

const CARDS = { tok_visa: 'Test card', tok_declined: 'Test card that is declined' };
const ALREADY_PAID = 409;

/**
 * Shows the payment of an order, or the form for it.
 * @param user the user, or undefined
 * @returns null if there is nothing to pay here: only users can pay, and only for their own orders
 */
export function payment(order, user) {
  const known = order.payment_id ?? paid.recall(order.order_id); // the order itself learns of its payment a little later
  if (order.payment_status === 'paid' || known) {
    return section(receipt(known));
  }
  if (order.payment_status !== 'unpaid') {
    return null;
  }
  if (user) {
    return user.id === order.user_id ? section(form(order)) : null;
  }
  return isGuests(order) ? null : section(element('p', {}, loginLink('Log in'), ' to pay for this order, if it is yours.'));
}

/** The orders of guests have a random user id of the browser, see visit.js. */
function isGuests({ user_id: id }) {
  return id.startsWith('visitor-');
}

function section(...content) {
  return element('section', { className: 'payment', 'aria-label': 'Payment' }, ...content);
}

function receipt(id, sentence = 'Paid') {
  return element(
    'p',
    { className: 'paid', tabIndex: -1 },
    element('strong', {}, `${sentence}.`),
    id && [' Payment ', element('code', {}, id)],
  );
}

function form(order) {
  const card = field('card', 'Card', { autocomplete: 'off' }, () => '', CARDS);
  const made = sendingForm({
    fields: [card],
    label: `Pay ${money(order.total, order.user_currency)}`,
    waiting: 'Paying …',
    async send() {
      const request = { order_id: order.order_id, amount: order.total, card: card.input.value };
      try {
        const { body } = await post('/api/v1/payments/pay', request, { 'Idempotency-Key': attempt.keyOf(request) });
        finish(body.id);
      } catch (failure) {
        if (!(failure instanceof Failure)) {
          throw failure;
        }
        if (failure.status === ALREADY_PAID) {
          finish(undefined, 'This order is already paid');
          return;
        }
        throw failure;
      }
    },
    explain: paymentProblem,
  });
  const finish = (id, sentence) => {
    attempt.end();
    if (id) {
      paid.remember(order.order_id, id);
    }
    const shown = receipt(id, sentence);
    made.replaceWith(shown);
    shown.focus();
  };
  return made;
}

/** As with orders (checkout.js), a refusal is certain, and so is a failure with Retry-After if no earlier one was uncertain. */
function paymentProblem({ message, status, nothingDone }) {
  if (status === 401) {
    session.hasEnded(); // so that the header shows it
    return ['You are no longer logged in.', element('p', {}, loginLink('Log in'), ' and pay again.')];
  }
  if (status >= 400 && status < 500) {
    attempt.end();
    return [`${message}.`, element('p', {}, 'Nothing was charged.')];
  }
  if (status === 503 && !nothingDone) {
    return [`The order cannot be paid: ${message}.`]; // there are no payments here
  }
  if (!nothingDone) {
    attempt.doubt();
  }
  return attempt.isDoubtful()
    ? [`It is not certain that the order was paid: ${message}.`, element('p', {}, 'To find out, pay again. You will not be charged twice.')]
    : [`The order was not paid: ${message}.`, element('p', {}, 'Nothing was charged. Try again in a moment.')];
}

function loginLink(text) {
  return element('a', { href: loginHere('/shop/login') }, text);
}
