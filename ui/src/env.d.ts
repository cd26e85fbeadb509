/** True in development and in builds for tests in a browser (`VITE_FAKE=1`). */
declare const FAKE_BUILT_IN: boolean;
