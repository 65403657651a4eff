// A small chart without axes: requests as an area, failures within it in the colour of errors.
import { html, svg } from '../core/view.js';

/**
 * @param {[number, number][]} buckets [requests, failed], the oldest first
 * @param {string} label a description for screen readers
 */
export function sparkline(buckets, label, { width = 120, height = 24 } = {}) {
  const most = Math.max(1, ...buckets.map(([all]) => all));
  const step = width / buckets.length;
  const bar = ([all, failed], i) => {
    const top = (all / most) * height;
    const bad = (failed / most) * height;
    return svg`${all > failed ? svg`<rect class="spark" x=${i * step} y=${height - top} width=${Math.max(0.5, step - 0.5)} height=${top - bad}></rect>` : ''}
      ${failed ? svg`<rect class="spark bad" x=${i * step} y=${height - bad} width=${Math.max(0.5, step - 0.5)} height=${bad}></rect>` : ''}`;
  };
  return html`<svg
    class="sparkline"
    viewBox="0 0 ${width} ${height}"
    width=${width}
    height=${height}
    preserveAspectRatio="none"
    role="img"
    aria-label=${label}
  >
    ${buckets.map(bar)}
  </svg>`;
}

/** The same as part of another SVG. */
export function sparkbars(buckets, x, y, width, height) {
  const most = Math.max(1, ...buckets.map(([all]) => all));
  const step = width / buckets.length;
  return buckets.map(([all, failed], i) => {
    if (!all) {
      return '';
    }
    const top = (all / most) * height;
    const bad = (failed / most) * height;
    return svg`<rect class="spark" x=${x + i * step} y=${y + height - top} width=${step * 0.8} height=${Math.max(0, top - bad)}></rect>
      ${failed ? svg`<rect class="spark bad" x=${x + i * step} y=${y + height - bad} width=${step * 0.8} height=${bad}></rect>` : ''}`;
  });
}
