//! A hand holds a card in front of the camera: several frames of one scene, each with its own movement, noise and light.

use crate::{
    dice::Dice,
    peers::Reader,
    people, render,
    scene::{self, Scene, Spot},
};
use cpu_time::ThreadTime;
use scan::{Live, Luma, TOGETHER};

/// Frames of one card; at 15 frames a second about half a second.
const FRAMES: usize = 8;

/// What makes the frames of a sequence hard.
const KINDS: [&str; 5] = ["moving glare", "noise", "shaking hand", "low light", "all of it"];

fn frame(base: &Scene, kind: &str, grade: usize, time: f32, drift: &[Spot], dice: &mut Dice) -> Scene {
    let mut scene = base.clone();
    scene.seed = dice.bits();
    scene.angle += dice.between(-1.5, 1.5);
    scene.yaw += dice.between(-2.5, 2.5);
    scene.pitch += dice.between(-2.5, 2.5);
    scene.module *= dice.between(0.97, 1.03);
    scene.place.0 = (scene.place.0 + dice.between(-0.03, 0.03)).clamp(0.0, 1.0);
    scene.place.1 = (scene.place.1 + dice.between(-0.03, 0.03)).clamp(0.0, 1.0);
    let whole = kind == "all of it";
    if whole || kind == "moving glare" {
        // Each spot wanders across the code as the hand tilts the card.
        scene.glare = drift
            .iter()
            .map(|spot| Spot {
                x: (spot.x + time * spot.strength * 0.5).fract(),
                y: (spot.y + time * 0.35).fract(),
                ..*spot
            })
            .collect();
    }
    if whole || kind == "noise" {
        scene.noise = [24.0, 32.0, 40.0, 50.0, 60.0][grade] * if whole { 0.5 } else { 1.0 };
    }
    if whole || kind == "shaking hand" {
        scene.motion = (
            dice.between(0.3, 1.0) * [1.6, 2.2, 2.8, 3.4, 4.0][grade] * if whole { 0.5 } else { 1.0 },
            dice.between(0.0, 180.0),
        );
    }
    if kind == "low light" {
        scene.white = [30.0, 24.0, 18.0, 14.0, 10.0][grade];
        scene.noise = 4.0;
    }
    scene
}

/// The frames of one card. What is on the card does not change between them, only how it is seen.
fn sequence(seed: u64, part: usize, number: usize) -> (String, Vec<Luma>) {
    let mut dice = Dice::new(seed ^ 0x5E9, (part * 1_000_003 + number) as u64);
    let text = people::card(&mut dice);
    let code = people::code(&text, &mut dice);
    let grade = number % scene::GRADES;
    let mut base = scene::plain(&mut dice);
    (base.width, base.height) = (1280, 720);
    let drift: Vec<Spot> = (0..2 + grade / 2)
        .map(|_| Spot {
            x: dice.unit(),
            y: dice.unit(),
            radius: [4.0, 5.0, 6.0, 6.5, 7.0][grade] * dice.between(0.8, 1.2),
            strength: dice.between(0.9, 1.8),
        })
        .collect();
    let frames = (0..FRAMES)
        .map(|time| {
            let scene = frame(
                &base,
                KINDS[part],
                grade,
                time as f32 / FRAMES as f32,
                &drift,
                &mut dice,
            );
            render::photograph(&scene, &code)
        })
        .collect();
    (text, frames)
}

/// How many sequences are read: by each reader in any frame alone, and by the live reader.
pub fn sequences(readers: &[Reader], seed: u64, count: usize) {
    println!("\nsequences of {FRAMES} frames at 1280 x 720: % read");
    print!("{:16}{:>10}", "", "sequences");
    readers
        .iter()
        .for_each(|reader| print!("{:>14}", format!("any: {}", reader.name)));
    println!(
        "{:>12}{:>14}{:>22}{:>26}",
        "live", "of it fused", "frames to first read", "ms a frame, mean / 95 %"
    );
    let (mut all, mut sums) = (0, vec![0_u32; readers.len() + 2]);
    let (mut waits, mut times, mut wrong) = (Vec::new(), Vec::new(), 0);
    for (part, kind) in KINDS.iter().enumerate() {
        let mut row = vec![0_u32; readers.len() + 2];
        let (mut row_waits, mut row_times) = (Vec::new(), Vec::new());
        for number in 0..count {
            let (text, frames) = sequence(seed, part, number);
            for (reader, sum) in readers.iter().zip(&mut row) {
                *sum += u32::from(
                    frames
                        .iter()
                        .any(|frame| (reader.read)(frame).iter().any(|b| b == text.as_bytes())),
                );
            }
            let mut live = Live::new();
            for (at, frame) in frames.iter().enumerate() {
                let start = ThreadTime::now();
                let found = live.look(frame);
                row_times.push(start.elapsed().as_secs_f32() * 1000.0);
                wrong += found.iter().filter(|code| code.bytes != text.as_bytes()).count();
                if let Some(code) = found.iter().find(|code| code.bytes == text.as_bytes()) {
                    row[readers.len()] += 1;
                    row[readers.len() + 1] += u32::from(code.stage == TOGETHER);
                    row_waits.push(at + 1);
                    break;
                }
            }
        }
        print_row(kind, count, &row, &row_waits, &row_times);
        all += count;
        sums.iter_mut().zip(&row).for_each(|(sum, n)| *sum += n);
        waits.extend(row_waits);
        times.extend(row_times);
    }
    print_row("all", all, &sums, &waits, &times);
    println!("readings of the live reader that are not on the card: {wrong}");
}

fn print_row(name: &str, count: usize, row: &[u32], waits: &[usize], times: &[f32]) {
    let part = |n: u32| 100.0 * n as f32 / count.max(1) as f32;
    print!("{name:16}{count:>10}");
    row[..row.len() - 2].iter().for_each(|&n| print!("{:>14.1}", part(n)));
    let mean = waits.iter().sum::<usize>() as f32 / waits.len().max(1) as f32;
    let mut sorted = times.to_vec();
    sorted.sort_by(f32::total_cmp);
    let late = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(0.0);
    let usual = sorted.iter().sum::<f32>() / sorted.len().max(1) as f32;
    println!(
        "{:>12.1}{:>14.1}{:>22}{:>26}",
        part(row[row.len() - 2]),
        part(row[row.len() - 1]),
        format!("mean {mean:.1}"),
        format!("{usual:.1} / {late:.1}")
    );
}
