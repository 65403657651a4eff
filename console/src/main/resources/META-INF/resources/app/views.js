// The views, in the order of the navigation. `path` is a pattern of the address, `link` where the navigation leads; `load` brings the
// module that defines the element `tag`. A style sheet beside it, if it has one, is named by `css`. A view without `link` is not in the
// navigation, but `under` another.
export const VIEWS = [
  {
    name: 'Overview',
    path: /^\/$/,
    link: '/',
    tag: 'overview-view',
    load: () => import('./views/overview.js'),
    css: '/app/views/overview.css',
  },
  {
    name: 'Traces',
    path: /^\/traces$/,
    link: '/traces',
    tag: 'traces-view',
    load: () => import('./views/traces.js'),
    css: '/app/views/traces.css',
  },
  {
    name: 'Trace',
    path: /^\/traces\/[^/]+$/,
    under: '/traces',
    tag: 'trace-view',
    load: () => import('./views/trace.js'),
    css: '/app/views/trace.css',
  },
  {
    name: 'Compare',
    path: /^\/compare$/,
    under: '/traces',
    tag: 'compare-view',
    load: () => import('./views/compare.js'),
    css: '/app/views/trace.css',
  },
  { name: 'Logs', path: /^\/logs$/, link: '/logs', tag: 'logs-view', load: () => import('./views/logs.js'), css: '/app/views/logs.css' },
  {
    name: 'Metrics',
    path: /^\/charts$/,
    link: '/charts',
    tag: 'metrics-view',
    load: () => import('./views/metrics.js'),
    css: '/app/views/metrics.css',
  },
  {
    name: 'Failures',
    path: /^\/failures$/,
    link: '/failures',
    tag: 'failures-view',
    load: () => import('./views/failures.js'),
    css: '/app/views/failures.css',
  },
];
