/** Mounts the console. */

import { mount } from 'svelte';
import App from './App.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/print.css';

const target = document.getElementById('app');
if (target === null) throw new Error('Expected an element #app - at `index.html`');
export default mount(App, { target });
