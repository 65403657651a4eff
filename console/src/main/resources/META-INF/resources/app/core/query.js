// One query of the console's API, and its latest answer. The request is sent again when the query changes, or when the live stream reports
// that the answer may have changed.
import { get } from './api.js';
import { onChange } from './live.js';

/**
 * A Lit controller.
 *
 *     this.traces = new Query(this, () => `/api/traces${location.search}`, ['traces']);
 *     ...
 *     render() { return html`${note(this.traces, 'traces')} ${this.traces.data?.traces.map(...)}`; }
 *
 * There is one request at a time, and at least `pauseMillis` pass between two, so a slow console gets fewer requests. If the query changes
 * while a request is under way, its answer is dropped. If a request fails, the older data stays, and `error` has the reason.
 */
export class Query {
  /**
   * @param host the element to render again
   * @param {() => string | null | false} question returns the path to request; null or false for none
   * @param {string[]} topics of the live stream that the answer depends on
   */
  constructor(host, question, topics = [], pauseMillis = 1000) {
    Object.assign(this, { host, question, topics, pauseMillis, data: null, error: null, loading: false, asked: undefined });
    host.addController(this);
  }

  hostConnected() {
    this.stopListening = onChange(topics => {
      if (this.topics.some(topic => topics.has(topic))) {
        this.refresh();
      }
    });
  }

  hostDisconnected() {
    this.stopListening();
    this.abort?.abort();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asked = undefined;
  }

  hostUpdate() {
    const path = this.question() || null;
    if (path !== this.asked) {
      this.asked = path;
      this.abort?.abort();
      this.loading = false;
      clearTimeout(this.timer);
      this.timer = undefined;
      this.data = null;
      this.error = null;
      if (path !== null) {
        this.#ask();
      }
    }
  }

  /** Sends the request again, as soon as the pause allows. */
  refresh() {
    if (this.loading || this.timer !== undefined) {
      this.again = true;
    } else if (this.asked) {
      this.#ask();
    }
  }

  async #ask() {
    const path = this.asked;
    const abort = (this.abort = new AbortController());
    this.loading = true;
    this.again = false;
    try {
      const data = await get(path, abort.signal);
      if (abort.signal.aborted) {
        return;
      }
      this.data = data;
      this.error = null;
    } catch (failure) {
      if (abort.signal.aborted) {
        return;
      }
      this.error = failure;
    }
    this.loading = false;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.again) {
        this.refresh();
      }
    }, this.pauseMillis);
    this.host.requestUpdate();
  }
}
