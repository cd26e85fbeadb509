/** True in development and in builds for tests in a browser (`VITE_STORIES=1`). */
declare const STORIES_BUILT_IN: boolean;
