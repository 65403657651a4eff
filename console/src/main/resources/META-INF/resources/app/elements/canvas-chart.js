// The base class of the charts: ECharts draws on a canvas, in the colours of the theme and as wide as the element.
import { LitElement } from 'lit';
import { colour, onThemeChange } from '../core/theme.js';
import { plain } from '../core/format.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** A time on an axis or in a tooltip. @param {number} millis since the epoch */
export function clockTime(millis) {
  return clock.format(millis);
}

/** Text from outside for a canvas: short, and without the markup of ECharts' rich text. */
export function canvasText(text, most = 80) {
  return plain(String(text).slice(0, most)).replace(/[{}|]/g, ' ');
}

/** A subclass renders a `<div>` for the canvas, returns what to draw from `options`, and handles clicks in `listen`. */
export class CanvasChart extends LitElement {
  createRenderRoot() {
    return this;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop?.();
    this.size?.disconnect();
    this.chart?.dispose();
    this.chart = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) {
      this.#begin();
    }
  }

  firstUpdated() {
    this.#begin();
  }

  async #begin() {
    // The largest module is loaded with the first chart only.
    const echarts = await import('echarts');
    if (!this.isConnected || this.chart) {
      return;
    }
    this.chart = echarts.init(this.querySelector('div'), null, { renderer: 'canvas' });
    this.listen(this.chart);
    this.stop = onThemeChange(() => this.draw());
    this.size = new ResizeObserver(() => this.chart?.resize());
    this.size.observe(this);
    this.draw();
  }

  updated() {
    this.draw();
  }

  draw() {
    const options = this.chart && this.options();
    if (options) {
      this.chart.setOption(
        { animation: false, textStyle: { fontFamily: getComputedStyle(this).fontFamily }, ...options },
        { replaceMerge: ['series'] },
      );
    }
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** The style of an axis. */
  axis() {
    const line = { lineStyle: { color: colour('--line') } };
    return { axisLine: line, splitLine: line, axisLabel: { color: colour('--soft'), hideOverlap: true } };
  }

  timeAxis(more = {}) {
    const axis = this.axis();
    return {
      type: 'time',
      ...axis,
      splitLine: { show: false },
      splitNumber: 5,
      axisLabel: { ...axis.axisLabel, formatter: clockTime },
      ...more,
    };
  }

  /** The tooltip is rich text on the canvas: an HTML tooltip would interpret text from outside as markup. */
  tooltip(more) {
    return {
      renderMode: 'richText',
      confine: true,
      backgroundColor: colour('--panel'),
      borderColor: colour('--line'),
      textStyle: { color: colour('--text') },
      ...more,
    };
  }
}
