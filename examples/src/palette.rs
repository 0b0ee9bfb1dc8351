use plotters::style::RGBColor;

/// Colours that people who see fewer of them can tell apart too (Okabe & Ito, *Color Universal Design*,
/// 2008).
pub(crate) const PALETTE: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];
