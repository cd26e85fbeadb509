/** True in development and in builds for tests in a browser (`VITE_FAKE=1`). */
declare const FAKE_BUILT_IN: boolean;
/** The development server is behind this page (`cargo xtask dev`). */
declare const DEV_SERVER_HERE: boolean;
