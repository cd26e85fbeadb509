import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppState, SyncView } from '../backend/bindings';
import { IDLE_MS, session, truthOf, watchIdle } from './session.svelte';

const standing = (sync: Partial<SyncView>): AppState =>
  ({ sync: { running: false, paused: false, unsent: 12, reason: null, last_contact: 1, ...sync } }) as AppState;

describe('the truth about data', () => {
  it.each<[Partial<SyncView>, string, string]>([
    [{ reason: 'unreachable' }, 'Chưa có mạng · 12 hồ sơ chờ gửi · an toàn trên máy này', 'offline'],
    [{ reason: 'captive_portal' }, 'Wi-Fi này cần đăng nhập · 12 hồ sơ chờ gửi · an toàn trên máy này', 'portal'],
    [{ last_contact: null }, '12 hồ sơ chờ gửi · an toàn trên máy này', 'clock'],
    [{ last_contact: null, unsent: 0 }, 'Không còn hồ sơ chờ gửi · an toàn trên máy này', 'clock'],
    [{ unsent: 0 }, 'Đang có mạng · không còn hồ sơ chờ gửi', 'online'],
    [{ running: true }, 'Đang có mạng · 12 hồ sơ chờ gửi · an toàn trên máy này', 'sending'],
    // Nothing is said of a network that nobody asked.
    [{ reason: 'upgrade_needed', last_contact: null }, '12 hồ sơ chờ gửi · an toàn trên máy này', 'clock'],
  ])('%j', (sync, words, icon) => {
    expect(truthOf(standing(sync))).toMatchObject({ words, icon });
  });
});

describe('locking by itself', () => {
  afterEach(() => {
    session.reading = false;
    vi.useRealTimers();
  });

  it('after three minutes without a touch, not before, and never while a resident reads', () => {
    vi.useFakeTimers();
    const idle = vi.fn();
    const stop = watchIdle(idle);
    vi.advanceTimersByTime(IDLE_MS - 2000);
    window.dispatchEvent(new Event('pointerdown'));
    vi.advanceTimersByTime(IDLE_MS - 2000);
    expect(idle).not.toHaveBeenCalled();
    session.reading = true;
    vi.advanceTimersByTime(4 * IDLE_MS);
    expect(idle).not.toHaveBeenCalled();
    session.reading = false;
    vi.advanceTimersByTime(IDLE_MS + 2000);
    expect(idle).toHaveBeenCalledTimes(1);
    stop();
    vi.advanceTimersByTime(4 * IDLE_MS);
    expect(idle).toHaveBeenCalledTimes(1);
  });
});
