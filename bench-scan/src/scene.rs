//! What may happen between a card and a camera, in grades.

use crate::dice::Dice;

/// A bright spot or a stain on the code: place in parts of the code's side, size in modules, strength 0 to 1.
#[derive(Clone, Copy)]
pub struct Spot {
    pub x: f32,
    pub y: f32,
    pub radius: f32,
    pub strength: f32,
}

/// Paper curled like a part of a pipe: seen from the side, its middle lies beside where it would lie flat.
#[derive(Clone, Copy, Default)]
pub struct Curl {
    /// Modules by which the edge of the code is off when its middle is not.
    pub by: f32,
    /// Directions in which the paper rises and in which that is seen, in degrees.
    pub across: f32,
    pub towards: f32,
}

/// One photograph to be made. Lengths are in modules of the code unless they say otherwise.
#[derive(Clone)]
pub struct Scene {
    pub width: usize,
    pub height: usize,
    /// Pixels per module in the middle of the code.
    pub module: f32,
    /// Turned in the plane, then around the upright and the level axis, all in degrees.
    pub angle: f32,
    pub yaw: f32,
    pub pitch: f32,
    /// The middle of the code in the frame, in parts of what the frame leaves free.
    pub place: (f32, f32),
    /// Standard deviation of the lens's blur.
    pub blur: f32,
    /// A disc as of a lens out of focus rather than a bell.
    pub disc: bool,
    /// Length and direction (degrees) of the hand's movement.
    pub motion: (f32, f32),
    /// Standard deviation in grey values.
    pub noise: f32,
    /// Grey of white paper in full light.
    pub white: f32,
    /// Light that is left in the dark part of a shadow, and the shadow's direction.
    pub shadow: (f32, f32),
    /// Share of a grey haze over everything.
    pub veil: f32,
    pub glare: Vec<Spot>,
    pub dirt: Vec<Spot>,
    /// Quality of the JPEG the camera makes, if it makes one.
    pub jpeg: Option<u8>,
    /// Light modules free around the code before something dark begins.
    pub quiet: f32,
    pub inverted: bool,
    pub curl: Curl,
    /// Whether the code is drawn at all.
    pub code: bool,
    pub seed: u64,
}

/// The kinds of distortion, in the order of the table.
pub const KINDS: [&str; 17] = [
    "clean",
    "rotation",
    "tilt",
    "blur",
    "motion",
    "noise",
    "low light",
    "glare",
    "veil",
    "shadow",
    "jpeg",
    "dirt",
    "small",
    "quiet zone",
    "inverted",
    "mixture",
    "curled",
];

/// Grades of each kind, from mild to worse than anybody should meet.
pub const GRADES: usize = 5;

const SIZES: [(usize, usize); 4] = [(1280, 720), (1280, 720), (1920, 1080), (640, 480)];

/// An easy photograph: a steady hand in good light.
pub fn plain(dice: &mut Dice) -> Scene {
    let (width, height) = *dice.of(&SIZES);
    Scene {
        width,
        height,
        module: dice.between(2.8, 4.6),
        angle: dice.between(-8.0, 8.0),
        yaw: dice.between(-8.0, 8.0),
        pitch: dice.between(-8.0, 8.0),
        place: (dice.unit(), dice.unit()),
        blur: dice.between(0.12, 0.28),
        disc: dice.below(2) == 0,
        motion: (0.0, 0.0),
        noise: dice.between(1.0, 4.0),
        white: dice.between(150.0, 235.0),
        shadow: (dice.between(0.8, 1.0), dice.between(0.0, 360.0)),
        veil: dice.between(0.0, 0.1),
        glare: Vec::new(),
        dirt: Vec::new(),
        jpeg: (dice.below(2) == 0).then_some(90),
        quiet: 4.0,
        inverted: false,
        curl: Curl::default(),
        code: true,
        seed: dice.bits(),
    }
}

/// A photograph with one kind of distortion in a grade from 0 to [`GRADES`] - 1.
pub fn distorted(kind: &str, grade: usize, dice: &mut Dice) -> Scene {
    let mut scene = plain(dice);
    distort(&mut scene, kind, grade, dice);
    scene
}

fn distort(scene: &mut Scene, kind: &str, grade: usize, dice: &mut Dice) {
    match kind {
        "rotation" => scene.angle = dice.between(0.0, 360.0),
        "tilt" => {
            let (by, around) = (
                [15.0, 25.0, 35.0, 45.0, 52.0][grade],
                dice.between(0.0, std::f32::consts::TAU),
            );
            (scene.yaw, scene.pitch) = (by * around.cos(), by * around.sin());
            scene.angle = dice.between(-30.0, 30.0);
        }
        "blur" => scene.blur = [0.35, 0.5, 0.65, 0.8, 0.95][grade],
        "motion" => scene.motion = ([0.8, 1.2, 1.6, 2.0, 2.5][grade], dice.between(0.0, 180.0)),
        "noise" => scene.noise = [8.0, 16.0, 24.0, 32.0, 45.0][grade],
        "low light" => {
            scene.white = [75.0, 55.0, 40.0, 28.0, 20.0][grade];
            scene.noise = [3.0, 3.5, 4.0, 4.0, 4.0][grade];
        }
        "glare" => {
            for _ in 0..[1, 1, 2, 2, 3][grade] {
                scene.glare.push(Spot {
                    x: dice.between(0.05, 0.95),
                    y: dice.between(0.05, 0.95),
                    radius: [2.5, 4.0, 4.0, 5.5, 5.5][grade] * dice.between(0.8, 1.2),
                    strength: dice.between(0.9, 1.8),
                });
            }
        }
        "veil" => scene.veil = [0.4, 0.55, 0.7, 0.8, 0.88][grade],
        "shadow" => scene.shadow = ([0.6, 0.45, 0.3, 0.2, 0.12][grade], dice.between(0.0, 360.0)),
        "jpeg" => scene.jpeg = Some([50, 30, 20, 12, 7][grade]),
        "dirt" => {
            for _ in 0..[2, 4, 7, 10, 14][grade] {
                scene.dirt.push(Spot {
                    x: dice.unit(),
                    y: dice.unit(),
                    radius: dice.between(0.6, 2.6),
                    strength: dice.between(0.5, 1.0),
                });
            }
        }
        "small" => scene.module = [3.5, 2.6, 2.1, 1.75, 1.5][grade],
        "quiet zone" => scene.quiet = [3.0, 2.0, 1.0, 0.5, 0.0][grade],
        "inverted" => {
            scene.inverted = true;
            scene.angle = dice.between(0.0, 360.0);
        }
        "curled" => {
            scene.curl = Curl {
                by: [0.6, 1.0, 1.6, 2.4, 3.4][grade],
                across: dice.between(0.0, 180.0),
                towards: dice.between(0.0, 360.0),
            };
        }
        "mixture" => {
            let mut kinds = [
                "rotation",
                "tilt",
                "blur",
                "motion",
                "noise",
                "low light",
                "glare",
                "veil",
                "shadow",
                "jpeg",
                "dirt",
                "small",
            ]
            .to_vec();
            for _ in 0..2 + grade.div_ceil(2) {
                let kind = kinds.swap_remove(dice.below(kinds.len()));
                let worst = if grade < 2 { 1 } else { 2 };
                let grade = dice.below(worst + 1);
                distort(scene, kind, grade, dice);
            }
        }
        _ => {}
    }
}
