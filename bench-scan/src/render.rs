//! A scene becomes grey pixels: the card lies in space, light falls on it, a lens and a sensor look at it.

use crate::{
    dice::Dice,
    lens,
    scene::{Curl, Scene, Spot},
};
use qrcode::{Color, QrCode};
use scan::Luma;

/// An ID-1 card in millimetres.
const CARD: (f32, f32) = (85.6, 53.98);

/// Where the code lies on the card, and how card and frame belong together.
struct View {
    /// Frame to card: pixels to millimetres.
    back: [f32; 9],
    forth: [f32; 9],
    /// Left and upper edge of the code and its side in millimetres.
    code: (f32, f32, f32),
    modules: usize,
}

/// The photograph; equal scenes give equal pixels.
pub fn photograph(scene: &Scene, code: &QrCode) -> Luma {
    let mut dice = Dice::new(scene.seed, 7);
    let view = view(scene, code.width(), &mut dice);
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    let (width, height) = (scene.width, scene.height);
    let art = Art::new(&mut dice);
    let ink = (dice.between(0.06, 0.18), dice.between(0.78, 0.92));
    let albedo = |x: f32, y: f32| -> f32 {
        let (u, v) = apply(&view.back, x, y);
        let (left, top, side) = view.code;
        let module = side / view.modules as f32;
        let (i, j) = uncurled(&scene.curl, (u - left) / module, (v - top) / module, view.modules);
        let edge = i.min(j).min(view.modules as f32 - i).min(view.modules as f32 - j);
        if !scene.code || edge < -scene.quiet {
            // What crowds a narrow quiet zone is dark.
            if scene.code && scene.quiet < 4.0 && edge > -scene.quiet - 2.0 {
                return 0.25;
            }
            return art.at(u, v);
        }
        let black =
            edge >= 0.0 && dark[(j as usize).min(view.modules - 1) * view.modules + (i as usize).min(view.modules - 1)];
        let paper = if black != scene.inverted { ink.0 } else { ink.1 };
        scene.dirt.iter().fold(paper, |paper, stain| {
            let far = distance(stain, i / view.modules as f32, j / view.modules as f32, view.modules) / stain.radius;
            let cover = ((1.15 - far) / 0.3).clamp(0.0, 1.0) * stain.strength;
            paper + cover * (0.3 - paper)
        })
    };
    let (left, top, right, bottom) = reach(&view, scene, width, height);
    let mut values = vec![0.0_f32; width * height];
    let (sin, cos) = scene.shadow.1.to_radians().sin_cos();
    for y in 0..height {
        for x in 0..width {
            let near = (left..right).contains(&x) && (top..bottom).contains(&y);
            let paper = if near {
                const SUB: usize = 4;
                let mut sum = 0.0;
                for sub in 0..SUB * SUB {
                    let at = |n: usize| (n as f32 + 0.5) / SUB as f32;
                    sum += albedo(x as f32 + at(sub % SUB), y as f32 + at(sub / SUB));
                }
                sum / (SUB * SUB) as f32
            } else {
                albedo(x as f32 + 0.5, y as f32 + 0.5)
            };
            let (u, v) = apply(&view.back, x as f32 + 0.5, y as f32 + 0.5);
            let (u, v) = ((u - view.code.0) / view.code.2, (v - view.code.1) / view.code.2);
            // The shadow's edge runs through the code and is a sixth of its side wide.
            let across = ((u - 0.5) * cos + (v - 0.5) * sin) * 6.0;
            let light = scene.shadow.0 + (1.0 - scene.shadow.0) * (0.5 + across).clamp(0.0, 1.0);
            let shine: f32 = scene
                .glare
                .iter()
                .map(|spot| {
                    let far = distance(spot, u, v, view.modules) / spot.radius;
                    2.2 * spot.strength * (-0.5 * (far * 1.5).powi(4)).exp()
                })
                .sum();
            let seen = (paper * light + shine) / 0.9;
            values[y * width + x] = scene.white * (seen * (1.0 - scene.veil) + 0.75 * scene.veil);
        }
    }
    let mut sheet = lens::Sheet { width, height, values };
    if scene.disc {
        lens::disc(&mut sheet, 2.0 * scene.blur * scene.module);
    } else {
        lens::gaussian(&mut sheet, scene.blur * scene.module);
    }
    lens::motion(&mut sheet, scene.motion.0 * scene.module, scene.motion.1);
    let picture = lens::sensor(&sheet, scene.noise, &mut dice);
    match scene.jpeg {
        Some(quality) => lens::jpeg(&picture, quality),
        None => picture,
    }
}

/// Where on the flat paper a module lies that is seen at `i`, `j`.
fn uncurled(curl: &Curl, i: f32, j: f32, modules: usize) -> (f32, f32) {
    let (half, (sin, cos)) = (modules as f32 / 2.0, curl.across.to_radians().sin_cos());
    let along = ((i - half) * cos + (j - half) * sin) / half;
    let (dy, dx) = curl.towards.to_radians().sin_cos();
    let off = curl.by * along * along;
    (i + off * dx, j + off * dy)
}

fn distance(spot: &Spot, u: f32, v: f32, modules: usize) -> f32 {
    (u - spot.x).hypot(v - spot.y) * modules as f32
}

/// A pinhole camera in front of the card, at the distance that gives the scene's pixels per module.
fn view(scene: &Scene, modules: usize, dice: &mut Dice) -> View {
    let side = dice.between(18.0, 20.0);
    let (left, top) = *dice.of(&[
        (CARD.0 - side - 5.0, 5.0),
        (5.0, 6.0),
        (CARD.0 - side - 6.0, CARD.1 - side - 8.0),
    ]);
    let (mx, my) = (left + side / 2.0, top + side / 2.0);
    let focal = 1.1 * scene.width as f32;
    let depth = focal * side / modules as f32 / scene.module;
    // Half of the code's diagonal with its quiet zone stays inside of the frame wherever the frame is large enough.
    let keep = (modules as f32 + 8.0) * scene.module * 0.75;
    let middle = |size: usize, part: f32| {
        let free = (size as f32 - 2.0 * keep).max(0.0);
        (size as f32 - free) / 2.0 + free * part
    };
    let (cx, cy) = (middle(scene.width, scene.place.0), middle(scene.height, scene.place.1));
    let [(sa, ca), (sy, cyaw), (sp, cp)] = [scene.angle, scene.yaw, scene.pitch].map(|a| a.to_radians().sin_cos());
    // Columns of Rz(angle) Rx(pitch) Ry(yaw) for the card's two directions.
    let turn = |x: f32, y: f32, z: f32| {
        let (y, z) = (y * cp - z * sp, y * sp + z * cp);
        (x * ca - y * sa, x * sa + y * ca, z)
    };
    let (a, b) = (turn(cyaw, 0.0, -sy), turn(0.0, 1.0, 0.0));
    let row = |p: (f32, f32, f32), q: (f32, f32, f32), pick: fn((f32, f32, f32)) -> f32, far: f32| {
        [pick(p), pick(q), far - pick(p) * mx - pick(q) * my]
    };
    let (x, y, z) = (
        row(a, b, |v| v.0, 0.0),
        row(a, b, |v| v.1, 0.0),
        row(a, b, |v| v.2, depth),
    );
    let mut forth = [0.0; 9];
    for k in 0..3 {
        forth[k] = focal * x[k] + cx * z[k];
        forth[3 + k] = focal * y[k] + cy * z[k];
        forth[6 + k] = z[k];
    }
    View {
        back: inverse(&forth),
        forth,
        code: (left, top, side),
        modules,
    }
}

fn apply(h: &[f32; 9], x: f32, y: f32) -> (f32, f32) {
    let w = h[6] * x + h[7] * y + h[8];
    ((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w)
}

fn inverse(h: &[f32; 9]) -> [f32; 9] {
    let m = h.map(f64::from);
    let c = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
    let adjoint = [
        c(4, 5, 7, 8),
        c(2, 1, 8, 7),
        c(1, 2, 4, 5),
        c(5, 3, 8, 6),
        c(0, 2, 6, 8),
        c(2, 0, 5, 3),
        c(3, 4, 6, 7),
        c(1, 0, 7, 6),
        c(0, 1, 3, 4),
    ];
    let det = m[0] * adjoint[0] + m[1] * adjoint[3] + m[2] * adjoint[6];
    adjoint.map(|v| (v / det) as f32)
}

/// The part of the frame that the code and its surroundings may fill: there each pixel is drawn from several samples.
fn reach(view: &View, scene: &Scene, width: usize, height: usize) -> (usize, usize, usize, usize) {
    let (left, top, side) = view.code;
    let around = (scene.quiet + 3.0 + 2.0 * scene.curl.by) * side / view.modules as f32;
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(u, v)| {
        let at = |start: f32, part: f32| start - around + part * (side + 2.0 * around);
        apply(&view.forth, at(left, u), at(top, v))
    });
    let span = |values: [f32; 4], size: usize| {
        let low = values.into_iter().fold(f32::MAX, f32::min).max(0.0) as usize;
        let high = values.into_iter().fold(0.0, f32::max) as usize + 2;
        (low.min(size), high.min(size))
    };
    let ((x0, x1), (y0, y1)) = (span(corners.map(|c| c.0), width), span(corners.map(|c| c.1), height));
    (x0, y0, x1, y1)
}

/// What else is on a card and under it: lines of guilloche, a portrait, writing, a table.
struct Art {
    seed: u64,
    table: f32,
    wave: (f32, f32),
    portrait: (f32, f32),
}

impl Art {
    fn new(dice: &mut Dice) -> Self {
        Self {
            seed: dice.bits(),
            table: dice.between(0.15, 0.7),
            wave: (dice.between(0.5, 3.0), dice.between(0.5, 3.0)),
            portrait: *dice.of(&[(4.0, 18.0), (30.0, 14.0), (56.0, 28.0)]),
        }
    }

    fn hash(&self, x: i32, y: i32) -> u64 {
        Dice::new(self.seed, (x as u64) << 32 ^ (y as u32 as u64)).bits()
    }

    fn at(&self, u: f32, v: f32) -> f32 {
        if !(0.0..CARD.0).contains(&u) || !(0.0..CARD.1).contains(&v) {
            let grain = (u * 0.21 + (v * 0.13).sin() * 2.0).sin() * 0.06 + (u * 1.7 + v * 0.4).sin() * 0.03;
            return (self.table + grain).clamp(0.03, 0.95);
        }
        let lines =
            ((u * self.wave.0 + (v * 0.35).sin() * 3.0).sin() + (v * self.wave.1 + (u * 0.3).cos() * 3.0).sin()) * 0.04;
        let paper = 0.74 + lines;
        let (px, py) = (u - self.portrait.0, v - self.portrait.1);
        if (0.0..20.0).contains(&px) && (0.0..26.0).contains(&py) {
            return 0.35 + 0.25 * (px * 0.3).sin() * (py * 0.2).cos() + lines;
        }
        // Writing: lines of 3 mm, letters of 1.6 mm made of strokes of 0.4 mm.
        let (line, in_line) = ((v / 3.0) as i32, v % 3.0);
        if line % 2 == 1 && in_line < 2.0 {
            let (letter, stroke) = ((u / 1.6) as i32, ((u % 1.6) / 0.4) as i32);
            if !self.hash(letter / 7, line).is_multiple_of(3)
                && stroke < 3
                && self
                    .hash(letter * 4 + stroke, line * 8 + (in_line / 0.5) as i32)
                    .is_multiple_of(2)
            {
                return 0.2;
            }
        }
        paper
    }
}
