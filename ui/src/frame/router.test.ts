import { describe, expect, it, vi } from 'vitest';
import { Router } from './router.svelte';

describe('router', () => {
  it('comes back to the same visit with what it remembered', async () => {
    const router = new Router('more');
    const first = router.current;
    first.remembered['scrolled'] = 420;
    await router.go('more');
    expect(router.current.id).not.toBe(first.id);
    expect(await router.back()).toBe(true);
    expect(router.current).toBe(first);
    expect(router.current.remembered['scrolled']).toBe(420);
    expect(await router.back()).toBe(false);
  });

  it('waits until the screen has written its draft before it leaves', async () => {
    const router = new Router('more');
    let written: (() => void) | undefined;
    router.beforeLeave(() => new Promise<void>((done) => (written = done)));
    const here = router.current;
    const going = router.go('more');
    expect(router.current).toBe(here);
    written?.();
    await going;
    expect(router.current).not.toBe(here);
  });

  it('stays where it is when the draft could not be written', async () => {
    const router = new Router('more');
    const here = router.current;
    router.beforeLeave(() => Promise.reject(new Error('disk_full')));
    expect(await router.start('more')).toBe(false);
    expect(router.current).toBe(here);
  });

  it('a second touch while it is leaving does not go twice', async () => {
    const router = new Router('more');
    const finish = vi.fn(() => new Promise<void>((done) => setTimeout(done, 5)));
    router.beforeLeave(finish);
    expect(await Promise.all([router.go('more'), router.go('more')])).toEqual([true, false]);
    expect(finish).toHaveBeenCalledOnce();
  });

  it('keeps nothing in the address or the history', async () => {
    const [before, length] = [location.href, window.history.length];
    const router = new Router('more');
    await router.go('more');
    expect([location.href, window.history.length]).toEqual([before, length]);
  });
});
