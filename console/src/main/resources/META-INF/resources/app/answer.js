// What a view shows of one question to the API: asked again when the question changes or the live stream says that the answer may have.
import { get } from './api.js';
import { onChange } from './live.js';

/**
 * A Lit controller.
 *
 *     this.traces = new Answer(this, () => `/api/traces${location.search}`, ['traces']);
 *     ...
 *     render() { return html`${this.traces.note} ${this.traces.data?.traces.map(...)}`; }
 *
 * One request at a time, and the next not before `pauseMillis` after it: a slow console is asked less often. An answer that comes too late,
 * after the question has changed, is thrown away. When asking fails, the data of before stays and `error` says why.
 */
export class Answer {
  /**
   * @param host the element to render again
   * @param {() => string | null | false} question the path; null or false: nothing to ask for
   * @param {string[]} topics of the live stream that it depends on
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

  /** Asks again, soon. */
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
