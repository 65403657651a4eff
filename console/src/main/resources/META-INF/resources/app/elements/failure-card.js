// One failure: its switch, the current state of its symptom, the hints one at a time, and the answer last.
import { LitElement } from 'lit';
import { html, nothing } from '../core/view.js';
import { Query } from '../core/query.js';
import { send } from '../core/api.js';
import { foreign, plain, quantity } from '../core/format.js';
import { address } from '../core/router.js';
import './line-chart.js';

const WINDOW = 15 * 60_000;

/**
 * `<failure-card .failure=${...} .open=${true} .hints=${0} .answered=${false}>`; `failure` is one of /api/failures. Events: `fold` to open or
 * close it, `hint` for another hint, `answer` to show the answer, `changed` after the switch was used.
 */
class FailureCard extends LitElement {
  static properties = {
    failure: { attribute: false },
    open: { attribute: false },
    hints: { attribute: false },
    answered: { attribute: false },
    busy: { state: true },
    problem: { state: true },
    switched: { state: true },
    strength: { state: true },
  };

  symptom = new Query(
    this,
    () =>
      this.open &&
      address(`/api/charts/${encodeURIComponent(this.failure.symptom.metric)}`, {
        service: this.failure.symptom.service,
        by: 'service',
        ...this.failure.symptom.labels,
      }),
    ['metrics'],
    1500,
  );

  createRenderRoot() {
    return this;
  }

  emit(name) {
    this.dispatchEvent(new CustomEvent(name));
  }

  /** The strength that is set next; undefined if the failure has none. */
  get chosen() {
    const { strength } = this.failure;
    return strength ? (this.strength ?? strength.now ?? strength.default) : undefined;
  }

  async changeSwitch(active) {
    this.busy = true;
    this.problem = null;
    try {
      await send('PUT', `/api/failures/${encodeURIComponent(this.failure.id)}`, active ? { active, strength: this.chosen } : { active });
      this.switched = active;
    } catch (failure) {
      this.problem = failure.message;
    }
    this.busy = false;
    this.emit('changed');
  }

  render() {
    const { failure, open } = this;
    const id = `failure-${failure.id}`;
    const [word, mark] = failure.active === null ? ['not known', 'warn'] : failure.active ? ['broken', 'bad'] : ['works', 'good'];
    // What only some instances have confirmed can be healed.
    const partly = failure.active === null && failure.instances.length > 0;
    const on = failure.active === true || partly;
    return html`<section class="panel failure-card ${failure.active ? 'is-broken' : ''}" aria-labelledby="${id}-title">
      <div class="failure-head">
        <h3>
          <button class="unfold" aria-expanded=${open} aria-controls="${id}-body" id="${id}-title" @click=${() => this.emit('fold')}>
            <span aria-hidden="true">${open ? '▾' : '▸'}</span> ${foreign(failure.title, 200)}
          </button>
        </h3>
        <span class="badge ${mark}">${word}</span>
        <button
          class="switch"
          role="switch"
          aria-checked=${on}
          aria-label="Break: ${plain(failure.title)}"
          aria-busy=${this.busy ? 'true' : nothing}
          ?disabled=${this.busy || (failure.active === null && !partly)}
          @click=${() => this.changeSwitch(!on)}
        >
          <span class="track" aria-hidden="true"></span> ${on ? 'Heal it' : 'Break it'}
        </button>
      </div>
      ${this.instances(failure, on)}
      ${failure.error ? html`<p class="note warn" role="alert">Can't determine whether it is broken: ${foreign(failure.error, 300)}</p>` : nothing}
      ${this.problem ? html`<p class="note bad" role="alert">The switch may not have changed: ${foreign(this.problem, 300)}</p>` : nothing}
      <p class="switched" role="status">
        ${
          this.switched === undefined || this.busy
            ? nothing
            : this.switched
              ? html`It is broken now. Find out why: the <a href="/">overview</a> shows it within half a minute.`
              : html`It is healed. Watch it recover in the <a href="/">overview</a>.`
        }
      </p>
      <div id="${id}-body" ?hidden=${!open}>${open ? this.body(failure) : nothing}</div>
    </section>`;
  }

  /** On how many instances it is switched on, and why not on all. */
  instances(failure, on) {
    const confirmed = failure.instances.filter(instance => instance.confirmed).length;
    const waiting = failure.instances.filter(instance => !instance.confirmed);
    return on && failure.instances.length
      ? html`<p class="soft">
            Active on ${confirmed} of ${failure.instances.length} ${failure.instances.length === 1 ? 'instance' : 'instances'} of
            ${foreign(failure.services.join(', '), 200)}.
          </p>
          ${
            waiting.length
              ? html`<ul class="soft">
                  ${waiting.map(instance => html`<li>${foreign(`${instance.service} ${instance.instance}`, 200)}: ${foreign(instance.problem ?? 'no answer yet', 300)}</li>`)}
                </ul>`
              : nothing
          }`
      : nothing;
  }

  strengthField(failure) {
    const { strength } = failure;
    if (!strength) {
      return nothing;
    }
    const id = `failure-${failure.id}-strength`;
    return html`<p class="strength">
      <label for=${id}>${foreign(strength.means, 200)} (${strength.unit}, ${strength.min} to ${strength.max})</label>
      <input
        id=${id}
        type="number"
        min=${strength.min}
        max=${strength.max}
        step="any"
        .value=${String(this.chosen)}
        @input=${event => (this.strength = event.target.valueAsNumber)}
      />
      ${
        strength.now === null
          ? nothing
          : html`<button
              ?disabled=${this.busy || !(this.chosen >= strength.min && this.chosen <= strength.max)}
              @click=${() => this.changeSwitch(true)}
            >
              Set
            </button>`
      }
    </p>`;
  }

  body(failure) {
    const shown = Math.min(this.hints, failure.hints.length);
    return html`<div class="two">
      <div>
        <h4>Symptom</h4>
        <p>${foreign(failure.symptom.text, 600)}</p>
        ${this.strengthField(failure)} ${this.plot(failure)}
      </div>
      <div class="hints">
        <h4>If you are stuck</h4>
        ${
          shown
            ? html`<ol>
                ${failure.hints.slice(0, shown).map(hint => html`<li>${foreign(hint, 800)}</li>`)}
              </ol>`
            : html`<p class="soft">${failure.hints.length} hints, one at a time, and the answer last.</p>`
        }
        ${
          shown < failure.hints.length
            ? html`<button @click=${() => this.emit('hint')}>
                ${shown ? 'Another hint' : 'Show a hint'} (${shown + 1} of ${failure.hints.length})
              </button>`
            : this.answered
              ? html`<div class="answer">
                  <h4>The answer</h4>
                  <p>${foreign(failure.answer, 2000)}</p>
                  <p class="simulates"><span class="soft">Simulates:</span> ${foreign(failure.simulates, 400)}</p>
                  ${this.adminPage(failure)}
                </div>`
              : html`<button @click=${() => this.emit('answer')}>Show the answer</button>`
        }
      </div>
    </div>`;
  }

  plot(failure) {
    const { data, error } = this.symptom;
    const { metric, service, labels } = failure.symptom;
    const now = Date.now();
    const lines = (data?.lines ?? []).map(line => ({
      name: service,
      points: line.points,
      colour: failure.active ? '--bad' : '--service-0',
    }));
    return html`${
        lines.length
          ? html`<line-chart
              bare
              .lines=${lines}
              .unit=${data.unit}
              .span=${[now - WINDOW, now]}
              label="${plain(metric)} of ${plain(service)}, now ${quantity(lines[0].points.at(-1)[1], data.unit)}"
            ></line-chart>`
          : html`<p class="note">${error?.message ?? 'Nothing has been measured yet.'}</p>`
      }
      <p class="soft">
        <a
          href=${address('/charts', { metric, label: [`service=${service}`, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)] })}
          >${foreign(metric, 120)}</a
        >
        of ${foreign(service, 80)}
      </p>`;
  }

  /** A link only for http and https, so that no other scheme can run code. */
  adminPage(failure) {
    return /^https?:\/\//.test(failure.admin_url ?? '')
      ? html`<p>
          <a href=${failure.admin_url} target="_blank" rel="noreferrer"
            >The switch on the admin page of ${foreign(failure.services[0], 80)}</a
          >
          (opens a new tab)
        </p>`
      : nothing;
  }
}
customElements.define('failure-card', FailureCard);
