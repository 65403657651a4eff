// Lines over time, with the exemplars of histograms; a click on an exemplar opens its trace.
import { html } from 'lit';
import { CanvasChart, canvasText, clockTime } from './canvas-chart.js';
import { colour } from '../core/theme.js';
import { quantity } from '../core/format.js';

const COLOURS = 10;
/** A line is interrupted where no value was measured for more than this many milliseconds. */
const GAP = 9000;

/**
 * `<line-chart .lines=${[{name, points, colour}]} .unit=${'seconds'} .exemplars=${[...]} .span=${[from, to]} label="...">`; `colour`, the name
 * of a token, may be missing. `span` is what the time axis shows. Event: `open` with a trace id.
 */
class LineChart extends CanvasChart {
  static properties = {
    lines: { attribute: false },
    unit: {},
    exemplars: { attribute: false },
    span: { attribute: false },
    label: {},
    bare: { type: Boolean },
  };

  constructor() {
    super();
    Object.assign(this, { lines: [], unit: '', exemplars: [], label: '' });
  }

  listen(chart) {
    chart.on('click', event => event.data?.[2] && this.emit('open', event.data[2]));
  }

  options() {
    const axis = this.axis();
    // ECharts labels the axis with round decimal numbers. Bytes are scaled to KiB or MiB, so that the labels are round in these units.
    const scale = this.unit.startsWith('bytes') ? 1024 ** Math.min(3, Math.max(0, Math.floor(Math.log(this.peak()) / Math.log(1024)))) : 1;
    const write = value => quantity(value * scale, this.unit);
    const exemplars = {
      name: 'requests',
      type: 'scatter',
      symbol: 'diamond',
      symbolSize: 10,
      cursor: 'pointer',
      z: 5,
      itemStyle: { color: colour('--panel'), borderColor: colour('--text'), borderWidth: 1.5 },
      data: this.exemplars.map(exemplar => [exemplar.epoch_ms, exemplar.value / scale, exemplar.trace_id, exemplar.labels]),
    };
    return {
      grid: { left: 8, right: 16, top: this.lines.length > 1 && !this.bare ? 30 : 12, bottom: 4, containLabel: true },
      legend: {
        show: this.lines.length > 1 && !this.bare,
        type: 'scroll',
        top: 0,
        left: 0,
        right: 8,
        itemHeight: 9,
        itemWidth: 16,
        textStyle: { color: colour('--soft') },
        pageTextStyle: { color: colour('--soft') },
        pageIconColor: colour('--text'),
        pageIconInactiveColor: colour('--line'),
        data: this.lines.map(line => canvasText(line.name)),
        formatter: name => (name.length > 40 ? `${name.slice(0, 39)}…` : name),
      },
      tooltip: this.tooltip({
        trigger: 'axis',
        order: 'valueDesc',
        formatter: all => {
          const dots = all.filter(entry => entry.data[2]);
          if (dots.length) {
            return dots
              .slice(0, 3)
              .map(
                ({ data }) =>
                  `${write(data[1])}, ${clockTime(data[0])}\n${canvasText(data[3].service ?? '')} ${canvasText(data[3].uri ?? '')}`,
              )
              .join('\n');
          }
          return [clockTime(all[0].value[0]), ...all.slice(0, 12).map(entry => `${entry.seriesName}: ${write(entry.value[1])}`)].join('\n');
        },
      }),
      xAxis: this.timeAxis({ min: this.span?.[0], max: this.span?.[1] }),
      yAxis: {
        type: 'value',
        min: value => Math.min(0, value.min),
        splitNumber: this.bare ? 3 : 5,
        ...axis,
        axisLabel: { ...axis.axisLabel, formatter: write },
      },
      series: [
        ...this.lines.map((line, i) => ({
          name: canvasText(line.name),
          type: 'line',
          showSymbol: line.points.length < 3,
          symbolSize: 5,
          lineStyle: { width: 1.75 },
          connectNulls: false,
          color: colour(line.colour ?? `--service-${i % COLOURS}`),
          areaStyle: this.lines.length === 1 ? { opacity: 0.12 } : undefined,
          data: withGaps(line.points, scale),
        })),
        ...(this.exemplars.length ? [exemplars] : []),
      ],
    };
  }

  peak() {
    return this.lines.reduce((most, line) => line.points.reduce((max, [, value]) => Math.max(max, Math.abs(value)), most), 1);
  }

  render() {
    return html`<div role="img" aria-label=${this.label}></div>`;
  }
}
customElements.define('line-chart', LineChart);

function withGaps(points, scale) {
  return points.flatMap(([at, value], i) => [
    ...(i && at - points[i - 1][0] > GAP ? [[points[i - 1][0] + 1, null]] : []),
    [at, value / scale],
  ]);
}
