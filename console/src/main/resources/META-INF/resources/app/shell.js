// The frame around the views: navigation, the state of the live stream, the theme.
import { LitElement, html, nothing } from 'lit';
import { html as staticHtml, unsafeStatic } from 'lit/static-html.js';
import { here, onMove } from './core/router.js';
import { liveState, onLiveState, pause } from './core/live.js';
import { theme, toggleTheme, onThemeChange } from './core/theme.js';
import { VIEWS } from './views.js';
import { coloured } from './core/services.js';

const LIVE = {
  connecting: ['', 'Connecting'],
  open: ['open', 'Live'],
  lost: ['lost', 'Reconnecting'],
  paused: ['', 'Paused'],
};

class ConsoleShell extends LitElement {
  static properties = { ready: { state: true }, failed: { state: true } };

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.stops = [onMove(() => this.moved()), onLiveState(() => this.requestUpdate()), onThemeChange(() => this.requestUpdate())];
    this.moved();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stops.forEach(stop => stop());
  }

  async moved() {
    const before = this.view;
    this.at = here();
    this.view = VIEWS.find(view => view.path.test(this.at.path));
    this.failed = null;
    this.requestUpdate();
    if (this.view !== before) {
      document.title = `${this.view?.name ?? 'Not found'} · Debug Shop console`;
      const view = this.view;
      let failed = null;
      try {
        await Promise.all([view?.load(), ...[view?.css ?? []].flat().map(style), coloured]);
      } catch {
        failed = view;
      }
      if (this.view !== view) {
        return; // the reader was quicker than its module
      }
      this.failed = failed;
      this.ready = failed ? null : view;
      if (before) {
        // Screen readers announce the new page.
        await this.updateComplete;
        this.querySelector('main').focus({ preventScroll: true });
        scrollTo(0, 0);
      }
    }
  }

  render() {
    const [mark, words] = LIVE[liveState()];
    const paused = liveState() === 'paused';
    const other = theme() === 'dark' ? 'light' : 'dark';
    return html` <header class="bar">
        <a class="brand" href="/" aria-label="Debug Shop console"><img src="/app/icon.svg" alt="" /><span>Debug Shop</span></a>
        <nav aria-label="Views">
          <ul>
            ${VIEWS.filter(view => view.link).map(
              view =>
                html` <li>
                  <a href=${view.link} aria-current=${(this.view?.under ?? this.view?.link) === view.link ? 'page' : nothing}
                    >${view.name}</a
                  >
                </li>`,
            )}
          </ul>
        </nav>
        <div class="tools">
          <span class="live ${mark}" role="status">${words}</span>
          <button
            class="icon"
            @click=${() => pause(!paused)}
            aria-pressed=${paused}
            title=${paused ? 'Resume the updates' : 'Pause the updates'}
          >
            ${paused ? 'Resume' : 'Pause'}
          </button>
          <button class="icon" @click=${toggleTheme} aria-label="Use the ${other} theme" title="Use the ${other} theme">
            ${other === 'dark' ? '☾' : '☀'}
          </button>
        </div>
      </header>
      <main id="content" tabindex="-1">${this.content()}</main>`;
  }

  content() {
    if (!this.view) {
      return html`<h1>Page not found</h1>
        <p><a href="/">Go to the overview</a></p>`;
    }
    if (this.failed) {
      return html`<p class="note bad" role="alert">This view could not be loaded. <a href=${this.at.path} target="_self">Try again</a></p>`;
    }
    if (this.ready !== this.view) {
      return html`<p class="note" role="status">Loading…</p>`;
    }
    const tag = unsafeStatic(this.view.tag); // one of the names in views.js
    return staticHtml`<${tag} .path=${this.at.path} .params=${this.at.params}></${tag}>`;
  }
}
customElements.define('console-shell', ConsoleShell);

/** Loads a style sheet, once. */
function style(href) {
  if (document.querySelector(`link[href="${href}"]`)) {
    return undefined;
  }
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  return new Promise((loaded, failed) => {
    link.onload = loaded;
    link.onerror = failed;
    document.head.append(link);
  });
}
