export { foldText } from './fold-text.js';
export { readSearch, type Search } from './read-search.js';
export { snippetOf } from './snippet.js';
