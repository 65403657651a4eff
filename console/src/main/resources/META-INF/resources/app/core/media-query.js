/**
 * A Lit controller that renders its host again when the media query starts or stops to match.
 *
 *     narrow = new MediaQuery(this, '(max-width: 48rem)');
 *     ...
 *     render() { return html`… ${this.narrow.matches ? …` }
 */
export class MediaQuery {
  #list;
  #host;

  constructor(host, query) {
    this.#host = host;
    this.#list = matchMedia(query);
    host.addController(this);
  }

  get matches() {
    return this.#list.matches;
  }

  hostConnected() {
    this.#list.addEventListener('change', this.#changed);
  }

  hostDisconnected() {
    this.#list.removeEventListener('change', this.#changed);
  }

  #changed = () => this.#host.requestUpdate();
}
