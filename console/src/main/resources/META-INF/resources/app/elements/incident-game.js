// The incident game: something is broken, and the player finds out what.
import { LitElement } from 'lit';
import { html, nothing } from '../core/view.js';
import { Query } from '../core/query.js';
import { send } from '../core/api.js';
import { count, foreign, plain } from '../core/format.js';

/** `<incident-game>`. Event: `changed` after a game has started or ended. */
class IncidentGame extends LitElement {
  static properties = { busy: { state: true }, problem: { state: true } };

  game = new Query(this, () => '/api/incident', ['failures'], 500);

  createRenderRoot() {
    return this;
  }

  async send(method, path, body) {
    this.busy = true;
    this.problem = null;
    try {
      this.game.data = await send(method, path, body);
    } catch (failure) {
      this.problem = failure.message;
    }
    this.busy = false;
    this.dispatchEvent(new CustomEvent('changed'));
  }

  guess(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    this.send('POST', '/api/incident/guesses', { component: form.get('component'), kind: form.get('kind') });
  }

  render() {
    const game = this.game.data;
    if (!game) {
      return nothing;
    }
    return html`<section class="panel incident-game" aria-labelledby="incident-title">
      <h2 id="incident-title">Incident game</h2>
      ${game.state === 'running' ? this.running(game) : this.start(game)}
      ${this.problem ? html`<p class="note bad" role="alert">${foreign(this.problem, 400)}</p>` : nothing}
    </section>`;
  }

  start(game) {
    return html`${game.answer ? this.answer(game) : nothing}
      <p>The console breaks something and does not show what. Find out which component is at fault, and what is wrong there.</p>
      <button ?disabled=${this.busy} @click=${() => this.send('POST', '/api/incident', {})}>
        ${game.answer ? 'Start another' : 'Start'}
      </button>`;
  }

  running(game) {
    return html`<p>
        Something has been broken since ${new Date(game.started).toLocaleTimeString()}. Where does it start, and what is wrong there?
      </p>
      <form @submit=${event => this.guess(event)}>
        <label
          >Component
          <select name="component">
            ${game.components.map(name => html`<option>${plain(name)}</option>`)}
          </select></label
        >
        <label
          >Kind
          <select name="kind">
            ${game.kinds.map(kind => html`<option>${kind}</option>`)}
          </select></label
        >
        <button ?disabled=${this.busy}>Guess</button>
        <button type="button" ?disabled=${this.busy} @click=${() => this.send('DELETE', '/api/incident')}>Give up</button>
      </form>
      ${this.guesses(game)}`;
  }

  guesses(game) {
    return html`<div class="guesses" role="status">
      ${
        game.guesses.length
          ? html`<ol>
              ${game.guesses.map(guess => html`<li>${foreign(guess.component, 100)}, ${guess.kind}: ${foreign(guess.sentence, 200)}</li>`)}
            </ol>`
          : nothing
      }
    </div>`;
  }

  answer(game) {
    const { answer } = game;
    return html`<div class="answer" role="status">
      <h3>
        ${game.state === 'solved' ? 'Found' : 'Not found'} after ${count(Math.round(game.seconds), 'second')}, with
        ${count(game.guesses.length, 'guess', 'guesses')}
      </h3>
      <p>${foreign(answer.component, 100)}, ${answer.kind} (${foreign(answer.id, 100)}): ${foreign(answer.answer, 2000)}</p>
      <p>It shows first in ${foreign(answer.symptom.metric, 120)} of ${foreign(answer.symptom.service, 80)}. What would have helped:</p>
      <ul>
        ${answer.hints.map(hint => html`<li>${foreign(hint, 800)}</li>`)}
      </ul>
      <p class="soft">
        Sources: ${foreign(answer.sources.join(', '), 1000)}. Seed ${game.seed} repeats the game: ./shop incident --seed ${game.seed}
      </p>
    </div>`;
  }
}
customElements.define('incident-game', IncidentGame);
