import { afterEach, describe, expect, it, vi } from 'vitest';
import errors from '../../../messages/codes/error.json';
import type { AppState, SyncView } from '../backend/bindings';
import { IDLE_MS, session, truthOf, watchIdle } from './session.svelte';

const standing = (sync: Partial<SyncView>): AppState =>
  ({ sync: { running: false, paused: false, unsent: 12, reason: null, last_contact: 1, ...sync }, clock_wrong: null }) as AppState;

describe('the truth about data', () => {
  it.each<[Partial<SyncView>, string, string]>([
    [{ reason: 'unreachable' }, 'Chưa có mạng · 12 hồ sơ chờ gửi · an toàn trên máy này', 'offline'],
    [{ reason: 'captive_portal' }, 'Wi-Fi này cần đăng nhập · 12 hồ sơ chờ gửi · an toàn trên máy này', 'portal'],
    [{ last_contact: null }, '12 hồ sơ chờ gửi · an toàn trên máy này', 'clock'],
    [{ last_contact: null, unsent: 0 }, 'Không còn hồ sơ chờ gửi · an toàn trên máy này', 'clock'],
    [{ unsent: 0 }, 'Đang có mạng · không còn hồ sơ chờ gửi', 'online'],
    [{ running: true }, 'Đang có mạng · 12 hồ sơ chờ gửi · an toàn trên máy này', 'sending'],
    // One envelope that does not go says nothing about the network by which the others went.
    [{ reason: 'too_large', unsent: 1 }, 'Có hồ sơ cần báo cán bộ phường/xã · 1 hồ sơ chờ gửi · an toàn trên máy này', 'portal'],
    [{ reason: 'disk_full' }, 'Bộ nhớ máy đã đầy · 12 hồ sơ chờ gửi · an toàn trên máy này', 'portal'],
    [{ reason: 'upgrade_needed' }, 'Cần cài bản mới · 12 hồ sơ chờ gửi · an toàn trên máy này', 'portal'],
    // A run that asked nobody says nothing of a network.
    [{ reason: 'paused', last_contact: null }, '12 hồ sơ chờ gửi · an toàn trên máy này', 'clock'],
  ])('%j', (sync, words, icon) => {
    expect(truthOf(standing(sync))).toMatchObject({ words, icon });
  });
});

it('says that there is no network only where nobody could be reached', () => {
  const offline = Object.keys(errors).filter((code) => truthOf(standing({ reason: code })).words.startsWith('Chưa có mạng'));
  expect(offline).toEqual(['unreachable', 'too_slow'].filter((code) => code in errors));
  expect(offline).toContain('unreachable');
});

it('says that the clock is wrong, by the day it shows', () => {
  const battery = { ...standing({ reason: 'unreachable' }), clock_wrong: Date.UTC(2014, 11, 31, 18) / 1000 };
  expect(truthOf(battery)).toMatchObject({
    words: 'Đồng hồ máy sai (01/01/2015). Đăng ký vẫn được; xin chỉnh lại giờ · 12 hồ sơ chờ gửi',
    icon: 'clock',
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
