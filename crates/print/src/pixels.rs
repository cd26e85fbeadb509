//! The very PDF as pixels: what the window shows is what the printer gets.

use crate::{PrintError, typeset::MM_PER_PT};
use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_interpret::util::TransformExt as _,
    hayro_syntax::Pdf,
    kurbo::Affine,
    render_into,
    vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit, color::palette::css::WHITE},
};
use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};
use std::io::Cursor;

/// Largest side of a picture in pixels: more is no preview.
const MOST: f32 = 8_000.0;

/// A page of one of our PDFs as a PNG in colour, `width` pixels wide.
///
/// # Errors
/// [`PrintError::Document`] when the bytes are not such a PDF or have no such page (counted from 0).
pub fn page_png(pdf: &[u8], page: usize, width: u16) -> Result<Vec<u8>, PrintError> {
    let width = f32::from(width.max(1));
    let (pixels, width, height) = painted(pdf, page, |page_mm| width / page_mm, false)?;
    let colours = pixels.chunks_exact(4).flat_map(|rgba| [rgba[0], rgba[1], rgba[2]]);
    let picture = RgbImage::from_raw(width, height, colours.collect()).ok_or(PrintError::Document)?;
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut file, ImageFormat::Png)
        .map_err(|_| PrintError::Document)?;
    Ok(file.into_inner())
}

/// Number of pages of a PDF.
///
/// # Errors
/// [`PrintError::Document`] when the bytes are not a PDF.
pub fn page_count(pdf: &[u8]) -> Result<usize, PrintError> {
    let pdf = Pdf::new(pdf.to_vec()).map_err(|_| PrintError::Document)?;
    Ok(pdf.pages().len())
}

/// A page in black and white, nothing between, at so many pixels in a millimetre.
pub(crate) fn page_dots(pdf: &[u8], page: usize, dots_per_mm: f32) -> Result<GrayImage, PrintError> {
    let (pixels, width, height) = painted(pdf, page, |_| dots_per_mm, true)?;
    let grey = pixels.chunks_exact(4).map(|rgba| {
        let light = u32::from(rgba[0]) * 3 + u32::from(rgba[1]) * 6 + u32::from(rgba[2]);
        if light < 1280 { 0 } else { 255 }
    });
    GrayImage::from_raw(width, height, grey.collect()).ok_or(PrintError::Document)
}

/// RGBA, opaque; width; height. `scale` turns the page's width in millimetres into pixels per millimetre.
fn painted(
    pdf: &[u8],
    page: usize,
    scale: impl FnOnce(f32) -> f32,
    sharp: bool,
) -> Result<(Vec<u8>, u32, u32), PrintError> {
    let pdf = Pdf::new(pdf.to_vec()).map_err(|_| PrintError::Document)?;
    let page = pdf.pages().get(page).ok_or(PrintError::Document)?;
    let (width, height) = page.render_dimensions();
    let per_mm = scale(width * MM_PER_PT);
    let (across, down) = (
        (width * MM_PER_PT * per_mm).round(),
        (height * MM_PER_PT * per_mm).round(),
    );
    if !(1.0..=MOST).contains(&across) || !(1.0..=MOST).contains(&down) {
        return Err(PrintError::Document);
    }
    let mut context = RenderContext::new(across as u16, down as u16);
    let settings = RenderSettings {
        aliasing_threshold: sharp.then_some(127),
        ..RenderSettings::default()
    };
    let transform = Affine::scale(f64::from(per_mm * MM_PER_PT)) * page.initial_transform(true).to_kurbo();
    let interpreter = InterpreterSettings::default();
    render_into(
        page,
        &RenderCache::new(),
        &interpreter,
        &settings,
        &mut context,
        transform,
    );
    context.flush();
    let mut pixmap = Pixmap::new(context.width(), context.height());
    context.render_with(
        &mut pixmap,
        &mut Resources::default(),
        RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..Default::default()
        },
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    Ok((pixmap.data_as_u8_slice().to_vec(), width, height))
}
