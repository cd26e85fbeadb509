//! Check characters: how a typing error in a code or in the number of a pre-printed card is caught (ADR 8).

/// The two check characters of a registration code, as values below 32 for ten data symbols below 32: a Reed-Solomon code
/// over GF(32) with the generator `(x - a)(x - a^2)`, distance 3. Every wrong character, every two wrong characters and so
/// every swap is caught.
pub const fn of_code(data: &[u8; 10]) -> [u8; 2] {
    // Remainder of data(x) * x^2 by x^2 + (a + a^2) x + a^3 with a = 2: coefficients 6 and 8.
    let (mut high, mut low, mut at) = (0u8, 0u8, 0);
    while at < data.len() {
        let factor = data[at] ^ high;
        high = low ^ multiply(factor, 6);
        low = multiply(factor, 8);
        at += 1;
    }
    [high, low]
}

/// The two check digits of a pre-printed card's number, as a number below 100: ISO/IEC 7064, MOD 97-10, by which the whole
/// number is 1 modulo 97. Every wrong digit and every swap of neighbours is caught.
pub const fn of_blank(serial: u32) -> u32 {
    98 - (serial as u64 * 100 % 97) as u32
}

/// Product in GF(32) by the polynomial x^5 + x^2 + 1.
const fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut b, mut product) = (a, b, 0);
    while b != 0 {
        if b & 1 != 0 {
            product ^= a;
        }
        a <<= 1;
        if a & 32 != 0 {
            a ^= 0b100101;
        }
        b >>= 1;
    }
    product
}
