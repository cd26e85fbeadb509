//! The two small words that say how to read the rest.

fn remainder(word: u32, generator: u32) -> u32 {
    let degree = generator.ilog2();
    let mut rest = word << degree;
    while rest >> degree != 0 {
        rest ^= generator << (rest.ilog2() - degree);
    }
    rest
}

/// The 15 bits, highest first, that announce level and mask: `data` is 2 bits of level and 3 of mask.
pub(crate) fn format_word(data: u16) -> u16 {
    let data = u32::from(data);
    ((data << 10 | remainder(data, 0b101_0011_0111)) ^ 0b101_0100_0001_0010) as u16
}

/// The 18 bits, highest first, that announce versions from 7 on.
pub(crate) fn version_word(version: usize) -> u32 {
    let data = version as u32;
    data << 12 | remainder(data, 0b1_1111_0010_0101)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_standards_tables() {
        assert_eq!(format_word(0b00_101), 0b100_0000_1100_1110);
        assert_eq!(format_word(0b01_100), 0b110_0110_0010_1111);
        assert_eq!(version_word(7), 0b00_0111_1100_1001_0100);
        assert_eq!(version_word(40), 0b10_1000_1100_0110_1001);
    }
}
