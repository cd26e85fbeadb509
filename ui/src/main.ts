import { mount } from 'svelte';
import App from './App.svelte';
import { device } from './backend/device.svelte';
import { look } from './frame/look.svelte';
import './shared/fonts.css';
import './shared/tokens.css';
import './shared/base.css';

const target = document.getElementById('app') as HTMLElement;

if (STORIES_BUILT_IN && new URLSearchParams(location.search).has('gallery')) {
  const { default: Gallery } = await import('./gallery/Gallery.svelte');
  mount(Gallery, { target });
} else {
  // The first picture shows how the device stands; where the program takes its time, a skeleton does.
  const known = device.first().then(() => device.state && look.restore(device.state.look));
  await Promise.race([known, new Promise((late) => setTimeout(late, 300))]);
  mount(App, { target, props: { inside: () => import('./Inside.svelte') } });
}
