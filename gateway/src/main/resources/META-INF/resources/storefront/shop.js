// The product list. Everything comes from the gateway's API, and goes into the page as text, never as markup.
const form = document.querySelector('form');
const status = document.querySelector('#status');
const list = document.querySelector('#products');
const ads = document.querySelector('#ads');
const trace = document.querySelector('#trace');
let latest = 0;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function price({ price, currency }) {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(price);
}

function product(item) {
  return element('li', {},
    element('img', { src: item.image_url, alt: '', width: 200, height: 200 }),
    element('h2', { textContent: item.name }),
    element('p', { textContent: item.description }),
    element('strong', { textContent: price(item) }));
}

function ad(item) {
  return element('img', { src: item.image_url, alt: item.text, title: item.text });
}

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error);
  }
  return { body, id: /00-([0-9a-f]{32})-/.exec(answer.headers.get('Server-Timing') ?? '')?.[1] };
}

function remember(select, values) {
  const known = new Set([...select.options].map(option => option.value));
  values.filter(value => !known.has(value)).sort().forEach(value => select.append(element('option', { textContent: value, value })));
}

async function show() {
  const mine = ++latest;
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  list.setAttribute('aria-busy', 'true');
  try {
    const { body, id } = await get(`/products?${query}`);
    if (mine !== latest) {
      return; // overtaken by a newer choice
    }
    list.replaceChildren(...body.products.map(product));
    ads.replaceChildren(...body.ads.map(ad));
    ads.hidden = body.ads.length === 0;
    remember(form.category, body.products.flatMap(item => item.categories));
    status.textContent = body.products.length === 0 ? 'There is nothing in this category.' : '';
    trace.hidden = !id;
    trace.href = `${document.body.dataset.console}/api/traces/${id}`;
  } catch (failure) {
    if (mine === latest) {
      status.textContent = `The products cannot be shown: ${failure.message}.`;
    }
  } finally {
    list.removeAttribute('aria-busy');
  }
}

form.addEventListener('change', show);
form.addEventListener('submit', event => event.preventDefault());
show();
get('/rates').then(({ body }) => remember(form.currency, Object.keys(body.rates)), () => { /* prices stay in dollars */ });
