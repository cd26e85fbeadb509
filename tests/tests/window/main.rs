//! The real window against a real gateway, used as a person uses it. Needs `ui/dist` and `tung-nha` built, Xvfb and
//! WebKitWebDriver; without the last two every test here says that it was skipped.

mod camera;
mod coordinator;
mod fence;
mod keyboard;
mod sending;
mod trainer;
mod volunteer;
