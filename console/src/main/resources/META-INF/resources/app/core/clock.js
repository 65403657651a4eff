/** A Lit controller that renders its host again every five seconds, for texts such as "3 min ago". */
export class Clock {
  #host;
  #timer;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected() {
    this.#timer = setInterval(() => this.#host.requestUpdate(), 5000);
  }

  hostDisconnected() {
    clearInterval(this.#timer);
  }
}
