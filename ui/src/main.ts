import { mount } from 'svelte';
import App from './App.svelte';
import './shared/fonts.css';
import './shared/tokens.css';
import './shared/base.css';

const target = document.getElementById('app') as HTMLElement;

if (FAKE_BUILT_IN && new URLSearchParams(location.search).has('gallery')) {
  const { default: Gallery } = await import('./gallery/Gallery.svelte');
  mount(Gallery, { target });
} else {
  mount(App, { target });
}
