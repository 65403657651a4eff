// Each trace a dot: when it started, how long it took, whether it failed. A click opens it, a drag chooses times and durations.
import { html } from 'lit';
import { CanvasChart, canvasText, clockTime } from './canvas-chart.js';
import { colour } from '../core/theme.js';
import { duration, named } from '../core/format.js';

class DurationScatter extends CanvasChart {
  static properties = { traces: { attribute: false } };

  listen(chart) {
    chart.on('click', event => event.data?.[2] && this.emit('open', event.data[2]));
    chart.on('brushEnd', event => {
      const [[from, to], [least, most]] = event.areas[0]?.coordRange ?? [[], []];
      if (to > from && most > least) {
        this.emit('range', {
          since: new Date(Math.floor(from)).toISOString(),
          until: new Date(Math.ceil(to)).toISOString(),
          min_duration_ms: Math.floor(least * 1000) / 1000,
          max_duration_ms: Math.ceil(most * 1000) / 1000,
        });
      }
    });
  }

  options() {
    if (!this.traces) {
      return null;
    }
    const points = failed =>
      this.traces
        .filter(trace => trace.errors > 0 === failed)
        .map(trace => [Date.parse(trace.start), Math.max(0.001, trace.duration_us / 1000), trace.trace_id, named(trace.root_operation)]);
    const soft = colour('--soft');
    const axis = this.axis();
    return {
      grid: { left: 64, right: 16, top: 28, bottom: 26 },
      legend: { top: 0, right: 8, textStyle: { color: soft }, itemHeight: 9, itemWidth: 12 },
      tooltip: this.tooltip({ formatter: ({ data }) => `${canvasText(data[3])}\n${duration(data[1])}, ${clockTime(data[0])}` }),
      xAxis: this.timeAxis({ boundaryGap: ['1%', '1%'] }),
      yAxis: { type: 'log', ...axis, axisLabel: { ...axis.axisLabel, formatter: value => duration(value).replace(/\.0+ /, ' ') } },
      toolbox: { show: false },
      brush: {
        xAxisIndex: 0,
        yAxisIndex: 0,
        transformable: false,
        throttleType: 'debounce',
        brushStyle: { color: 'rgba(120,140,170,.2)', borderColor: soft },
      },
      series: [
        {
          name: 'did not fail',
          type: 'scatter',
          symbolSize: 8,
          itemStyle: { color: colour('--accent'), opacity: 0.65 },
          data: points(false),
        },
        { name: 'failed', type: 'scatter', symbol: 'diamond', symbolSize: 12, itemStyle: { color: colour('--bad') }, data: points(true) },
      ],
    };
  }

  draw() {
    super.draw();
    this.chart?.dispatchAction({ type: 'takeGlobalCursor', key: 'brush', brushOption: { brushType: 'rect', brushMode: 'single' } });
  }

  render() {
    return html`<div role="img" aria-label="Each trace as a dot, by start and duration; the same traces are in the list below"></div>`;
  }
}
customElements.define('duration-scatter', DurationScatter);
