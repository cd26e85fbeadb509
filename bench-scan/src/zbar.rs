//! The few functions of libzbar that reading a grey picture takes. Only for comparing: the product does not link it.
#![expect(
    unsafe_code,
    reason = "a C library; this module is the whole of its surface and only the benchmark has it"
)]

use scan::Luma;
use std::{
    ffi::{c_char, c_int, c_uint, c_ulong, c_void},
    ptr::null,
};

const QRCODE: c_int = 64;
const ENABLE: c_int = 0;
const BINARY: c_int = 4;
const TEST_INVERTED: c_int = 0x81;
/// "Y800" as zbar writes four letters into a number.
const Y800: c_ulong = 0x3030_3859;

#[link(name = "zbar")]
unsafe extern "C" {
    fn zbar_image_scanner_create() -> *mut c_void;
    fn zbar_image_scanner_destroy(scanner: *mut c_void);
    fn zbar_image_scanner_set_config(scanner: *mut c_void, symbology: c_int, config: c_int, value: c_int) -> c_int;
    fn zbar_image_create() -> *mut c_void;
    fn zbar_image_destroy(image: *mut c_void);
    fn zbar_image_set_format(image: *mut c_void, format: c_ulong);
    fn zbar_image_set_size(image: *mut c_void, width: c_uint, height: c_uint);
    fn zbar_image_set_data(image: *mut c_void, data: *const c_void, len: c_ulong, cleanup: *const c_void);
    fn zbar_scan_image(scanner: *mut c_void, image: *mut c_void) -> c_int;
    fn zbar_image_first_symbol(image: *const c_void) -> *const c_void;
    fn zbar_symbol_next(symbol: *const c_void) -> *const c_void;
    fn zbar_symbol_get_data(symbol: *const c_void) -> *const c_char;
    fn zbar_symbol_get_data_length(symbol: *const c_void) -> c_uint;
}

/// The bytes of every QR code that zbar reads, inverted ones too.
pub fn read(picture: &Luma) -> Vec<Vec<u8>> {
    // SAFETY: scanner and image are made and destroyed here, the pixels outlive the image and zbar only reads them, and
    // what a symbol points at is copied while the image that owns it lives.
    unsafe {
        let scanner = zbar_image_scanner_create();
        for (symbology, config, value) in [
            (0, ENABLE, 0),
            (QRCODE, ENABLE, 1),
            (QRCODE, BINARY, 1),
            (0, TEST_INVERTED, 1),
        ] {
            zbar_image_scanner_set_config(scanner, symbology, config, value);
        }
        let image = zbar_image_create();
        zbar_image_set_format(image, Y800);
        zbar_image_set_size(image, picture.width() as c_uint, picture.height() as c_uint);
        let pixels = picture.pixels();
        zbar_image_set_data(image, pixels.as_ptr().cast(), pixels.len() as c_ulong, null());
        let mut read = Vec::new();
        if zbar_scan_image(scanner, image) > 0 {
            let mut symbol = zbar_image_first_symbol(image);
            while !symbol.is_null() {
                let len = zbar_symbol_get_data_length(symbol) as usize;
                read.push(std::slice::from_raw_parts(zbar_symbol_get_data(symbol).cast::<u8>(), len).to_vec());
                symbol = zbar_symbol_next(symbol);
            }
        }
        zbar_image_destroy(image);
        zbar_image_scanner_destroy(scanner);
        read
    }
}
