import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppState } from './bindings';
import { BackendError, call, on, useBackend } from './client';
import { nobody } from '../testing/nobody';
import { Scripted } from '../testing/scripted';

afterEach(() => useBackend(nobody));

describe('the door to the program', () => {
  it('hands over name and arguments and gives back the answer', async () => {
    const fake = new Scripted().answer('lock', () => ({ role: 'volunteer' }) as AppState);
    useBackend(fake);
    expect(await call('lock', null)).toEqual({ role: 'volunteer' });
    expect(fake.asked).toEqual([{ name: 'lock', args: null }]);
  });

  it('a refusal arrives with its code and whole answer', async () => {
    useBackend(new Scripted().refuse('state', 'wrong_pin', { left: 4 }));
    const error = await call('state', null).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ code: 'wrong_pin', answer: { left: 4 } });
  });

  it('a command without an answer fails instead of inventing one', async () => {
    useBackend(new Scripted());
    await expect(call('state', null)).rejects.toMatchObject({ code: 'internal' });
  });

  it('hears events until it stops, also when it stops before the door is open', async () => {
    const fake = new Scripted();
    useBackend(fake);
    const [heard, early] = [vi.fn(), vi.fn()];
    const stop = on('changed', heard);
    on('changed', early)();
    await new Promise((done) => setTimeout(done));
    fake.emit('changed', 1);
    stop();
    fake.emit('changed', 2);
    expect(heard.mock.calls).toEqual([[1]]);
    expect(early).not.toHaveBeenCalled();
  });
});
