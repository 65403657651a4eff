// Each trace a dot: when it started, how long it took, whether it failed. A click opens it, a drag chooses a time.
import { LitElement, html } from 'lit';
import { colour, onThemeChange } from './theme.js';
import { duration, plain } from './format.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

class DurationScatter extends LitElement {
  static properties = { traces: { attribute: false } };

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

  async firstUpdated() {
    // The largest module of all comes only with the first chart.
    const echarts = await import('echarts');
    if (!this.isConnected) {
      return;
    }
    this.chart = echarts.init(this.querySelector('div'), null, { renderer: 'canvas' });
    this.chart.on('click', event => event.data?.[2] && this.#tell('open', event.data[2]));
    this.chart.on('brushEnd', event => {
      const [from, to] = event.areas[0]?.coordRange ?? [];
      if (to > from) {
        this.#tell('range', { since: new Date(from).toISOString(), until: new Date(to).toISOString() });
      }
    });
    this.stop = onThemeChange(() => this.#draw());
    this.size = new ResizeObserver(() => this.chart.resize());
    this.size.observe(this);
    this.#draw();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  updated() {
    this.#draw();
  }

  #draw() {
    if (!this.chart || !this.traces) {
      return;
    }
    const points = failed => this.traces.filter(each => (each.errors > 0) === failed)
      .map(each => [Date.parse(each.start), Math.max(0.001, each.duration_us / 1000), each.trace_id, each.root_operation]);
    const soft = colour('--soft');
    const line = colour('--line');
    const axis = { axisLine: { lineStyle: { color: line } }, axisLabel: { color: soft, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
    this.chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(this).fontFamily },
      grid: { left: 64, right: 16, top: 28, bottom: 26 },
      legend: { top: 0, right: 8, textStyle: { color: soft }, itemHeight: 9 },
      // Rich text is drawn on the canvas: a tooltip of HTML would make markup of what others wrote.
      tooltip: { renderMode: 'richText', backgroundColor: colour('--panel'), borderColor: line, textStyle: { color: colour('--text') },
        formatter: ({ data }) => `${plain(data[3].slice(0, 80)).replace(/[{}|]/g, ' ')}\n${duration(data[1])}, ${clock.format(data[0])}` },
      xAxis: { type: 'time', ...axis, splitLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: value => clock.format(value) }, splitNumber: 5 },
      yAxis: { type: 'log', ...axis, axisLabel: { ...axis.axisLabel, formatter: value => duration(value).replace(/\.0+ /, ' ') } },
      toolbox: { show: false },
      brush: { xAxisIndex: 0, transformable: false, throttleType: 'debounce', brushStyle: { color: 'rgba(120,140,170,.2)', borderColor: soft } },
      series: [
        { name: 'did not fail', type: 'scatter', symbolSize: 8, itemStyle: { color: colour('--accent'), opacity: 0.65 }, data: points(false) },
        { name: 'failed', type: 'scatter', symbol: 'diamond', symbolSize: 12, itemStyle: { color: colour('--bad') }, data: points(true) },
      ],
    });
    this.chart.dispatchAction({ type: 'takeGlobalCursor', key: 'brush', brushOption: { brushType: 'lineX', brushMode: 'single' } });
  }

  render() {
    return html`<div role="img" aria-label="Each trace as a dot, by start and duration; the same traces are in the list below"></div>`;
  }
}
customElements.define('duration-scatter', DurationScatter);
