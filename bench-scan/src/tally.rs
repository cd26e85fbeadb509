//! What was counted, and the tables it is printed as.

use std::collections::BTreeMap;

/// One reader on one kind of picture.
#[derive(Default, Clone)]
pub struct Cell {
    pub frames: u32,
    pub read: u32,
    /// Pictures in which something was read that is not in them.
    pub wrong: u32,
    /// Milliseconds of processor time, one for each picture.
    pub took: Vec<f32>,
}

impl Cell {
    pub fn add(&mut self, read: bool, wrong: bool, took: f32) {
        self.frames += 1;
        self.read += u32::from(read);
        self.wrong += u32::from(wrong);
        self.took.push(took);
    }

    pub fn join(&mut self, other: &Cell) {
        self.frames += other.frames;
        self.read += other.read;
        self.wrong += other.wrong;
        self.took.extend(&other.took);
    }

    /// Percent read.
    pub fn rate(&self) -> f32 {
        100.0 * self.read as f32 / self.frames.max(1) as f32
    }

    /// The time that this part (0 to 1) of the pictures stayed under.
    pub fn quantile(&self, part: f32) -> f32 {
        let mut took = self.took.clone();
        took.sort_by(f32::total_cmp);
        took.get(((took.len() as f32 * part) as usize).min(took.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0.0)
    }

    pub fn mean(&self) -> f32 {
        self.took.iter().sum::<f32>() / self.took.len().max(1) as f32
    }
}

/// How a cell is written.
type Show<'a> = &'a dyn Fn(&Cell) -> String;

/// Rows by kind of picture, one column for each reader.
pub struct Tally {
    readers: Vec<&'static str>,
    rows: Vec<(String, Vec<Cell>)>,
}

impl Tally {
    pub fn new(readers: &[&'static str]) -> Self {
        Self {
            readers: readers.to_vec(),
            rows: Vec::new(),
        }
    }

    /// The cells of a row, made on first use.
    pub fn row(&mut self, name: &str) -> &mut Vec<Cell> {
        let at = self.rows.iter().position(|(row, _)| row == name).unwrap_or_else(|| {
            self.rows
                .push((name.to_owned(), vec![Cell::default(); self.readers.len()]));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }

    pub fn all(&self) -> Vec<Cell> {
        let mut all = vec![Cell::default(); self.readers.len()];
        for (_, row) in &self.rows {
            all.iter_mut().zip(row).for_each(|(sum, cell)| sum.join(cell));
        }
        all
    }

    /// Percent read, then median and 95th percentile of the time in milliseconds, then what was read wrongly.
    pub fn print(&self, title: &str) {
        self.print_rows(title);
        let all = self.all();
        self.line("mean ms", &all, &|cell| format!("{:.1}", cell.mean()));
        self.line("pictures read wrongly", &all, &|cell| cell.wrong.to_string());
    }

    /// As [`Tally::print`] without the lines under the tables.
    pub fn print_rows(&self, title: &str) {
        let all = self.all();
        let tables: [(&str, Show); 2] = [
            ("% read", &|cell| format!("{:.1}", cell.rate())),
            ("ms of processor time per frame, mean / median / 95 % under", &|cell| {
                format!(
                    "{:.1} /{:.1} /{:.1}",
                    cell.mean(),
                    cell.quantile(0.5),
                    cell.quantile(0.95)
                )
            }),
        ];
        for (what, show) in tables {
            println!("\n{title}: {what}");
            print!("{:24}{:>7}", "", "frames");
            self.readers.iter().for_each(|reader| print!("{reader:>18}"));
            println!();
            self.rows.iter().for_each(|(name, row)| self.line(name, row, show));
            self.line("all", &all, show);
        }
    }

    fn line(&self, name: &str, row: &[Cell], show: Show) {
        print!("{name:24}{:>7}", row[0].frames);
        row.iter().for_each(|cell| print!("{:>18}", show(cell)));
        println!();
    }
}

/// What each stage of our own reader cost and gave.
#[derive(Default)]
pub struct Stages {
    frames: u32,
    /// By position in [`scan::STAGES`]: times run, milliseconds, first readings.
    rows: BTreeMap<usize, (u32, f32, u32)>,
}

impl Stages {
    /// One picture: how long each stage took that ran, and the name of the one that read the code.
    pub fn add(&mut self, took: &[f32], by: Option<&str>) {
        self.frames += 1;
        for (stage, took) in took.iter().enumerate() {
            let row = self.rows.entry(stage).or_default();
            row.0 += 1;
            row.1 += took;
        }
        if let Some(stage) = by.and_then(|by| scan::STAGES.iter().position(|stage| stage.name == by)) {
            self.rows.entry(stage).or_default().2 += 1;
        }
    }

    pub fn print(&self, title: &str) {
        println!("\n{title}: what each stage buys");
        println!(
            "{:24}{:>8}{:>12}{:>14}{:>16}{:>20}",
            "", "run on", "ms each", "read first by", "% read so far", "points per ms"
        );
        let mut sum = 0;
        for (&stage, &(runs, took, read)) in &self.rows {
            sum += read;
            let frames = self.frames.max(1) as f32;
            println!(
                "{:24}{:>8}{:>12.2}{:>14}{:>16.1}{:>20.2}",
                scan::STAGES.get(stage).map_or("?", |s| s.name),
                runs,
                took / runs.max(1) as f32,
                read,
                100.0 * sum as f32 / frames,
                100.0 * read as f32 / took.max(0.001)
            );
        }
    }
}
