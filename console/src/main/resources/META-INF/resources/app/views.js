// The views, in the order of the navigation. `path` is a pattern of the address, `link` where the navigation leads; `load` brings the
// module that defines the element `tag`. A style sheet beside it, if it has one, is named by `css`.
export const VIEWS = [
  { name: 'Overview', path: /^\/$/, link: '/', tag: 'overview-view', load: () => import('./views/overview.js'), css: '/app/views/overview.css' },
];
