//! The referral exports: one a quarter, with the state of every referral placed or changed in it,
//! or one with the latest state of all. Rows are made in parallel and written in order. How a row
//! looks is the layout's.

use std::fs;
use std::path::{Path, PathBuf};

use catchment_base::{Day, Error, Quarter, Result};
use rayon::prelude::*;

use crate::course::Referral;
use crate::layouts::{Form, Named, Record, Writer};
use crate::mess::{Dirt, Mess};
use crate::rows::{Cells, Rows};
use crate::sheets::Sheet;
use crate::world::World;

/// How many rows one thread makes at a time.
const CHUNK: usize = 2048;

/// What was written in the end.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) rows: u64,
    /// What was done to which file.
    pub(crate) dirt: Vec<(String, Dirt)>,
}

/// Everything that is exported about referrals.
#[derive(Debug)]
pub(crate) struct Exports<'a> {
    world: &'a World,
    rows: Rows<'a>,
    /// The layout's, where it is not the canonical one.
    writer: Option<Box<dyn Writer>>,
    /// The number of the last referral that is written.
    last: u64,
    mess: Option<Mess>,
    /// The files of the open export.
    sheets: Vec<Sheet>,
    /// Whom they name.
    named: Named,
    name: String,
    /// The state of which day is written.
    day: Day,
    /// Rows of the open export, and of those before it.
    written: (u64, u64),
    /// What was done to which file.
    dirt: Vec<(String, Dirt)>,
    dirt_now: Dirt,
    files: Vec<PathBuf>,
}

/// What comes of a run of referrals.
#[derive(Debug, Default)]
struct Part {
    /// Bytes by file.
    bytes: Vec<Vec<u8>>,
    rows: u64,
    named: Named,
    dirt: Dirt,
}

impl<'a> Exports<'a> {
    /// Opens the first export in a folder.
    pub(crate) fn open(world: &'a World, form: Form, out: &Path) -> Result<Self> {
        let settings = &world.settings;
        let (name, day) = export_of(settings.first_quarter(), world);
        let mut exports = Self {
            world,
            rows: Rows::new(world),
            writer: form.layout.writer(),
            last: form.first.unwrap_or(u64::MAX),
            mess: settings.mess.then(|| Mess::of(settings.seed, 0)),
            sheets: Vec::new(),
            named: Named::default(),
            name,
            day,
            written: (0, 0),
            dirt: Vec::new(),
            dirt_now: Dirt::default(),
            files: Vec::new(),
        };
        exports.begin(out)?;
        Ok(exports)
    }

    fn begin(&mut self, out: &Path) -> Result<()> {
        let mut heads = Vec::new();
        match &self.writer {
            None => {
                let mut head = Vec::new();
                match &self.mess {
                    Some(mess) => mess.header(&mut head),
                    None => crate::mess::clean_header(&mut head),
                }
                heads.push((out.join(format!("{}.csv", self.name)), head));
            }
            Some(writer) => {
                let files = writer.files();
                let is_alone = files.len() == 1;
                for (file, head) in files {
                    let path = if is_alone {
                        out.join(format!("{}.{}", self.name, ending(file)))
                    } else {
                        out.join(&self.name).join(file)
                    };
                    heads.push((path, head.into_bytes()));
                }
            }
        }
        for (path, head) in heads {
            let folder = path.parent().unwrap_or(out);
            fs::create_dir_all(folder)
                .map_err(|error| Error::io("this folder can't be made", folder, error))?;
            let mut sheet = Sheet::create(&path)?;
            sheet.bytes(&head)?;
            self.sheets.push(sheet);
        }
        Ok(())
    }

    /// Ends the open export and begins that of another quarter.
    pub(crate) fn turn(&mut self, out: &Path, quarter: Quarter) -> Result<()> {
        let (name, day) = export_of(quarter, self.world);
        if name == self.name {
            return Ok(());
        }
        self.end()?;
        self.name = name;
        self.day = day;
        let (seed, file) = (self.world.settings.seed, self.dirt.len());
        self.mess = self.mess.as_ref().map(|_| Mess::of(seed, file));
        self.begin(out)
    }

    fn end(&mut self) -> Result<()> {
        let named = std::mem::take(&mut self.named);
        if let Some(writer) = &self.writer {
            let mut lists = vec![Vec::new(); self.sheets.len()];
            writer.close(self.world, &named, &mut lists);
            for (sheet, list) in self.sheets.iter_mut().zip(&lists) {
                sheet.bytes(list)?;
            }
        }
        for sheet in self.sheets.drain(..) {
            self.files.push(sheet.finish()?);
        }
        let mut dirt = std::mem::take(&mut self.dirt_now);
        if let Some(mess) = &self.mess {
            mess.note_file(self.written.0, &mut dirt);
        }
        self.dirt.push((format!("{}.csv", self.name), dirt));
        self.written = (0, self.written.0 + self.written.1);
        Ok(())
    }

    /// Ends the last export.
    pub(crate) fn finish(mut self) -> Result<Written> {
        self.end()?;
        Ok(Written {
            files: self.files,
            rows: self.written.1,
            dirt: self.dirt,
        })
    }

    /// Writes referrals as they stand on the day of the export.
    pub(crate) fn write(&mut self, referrals: &[Referral]) -> Result<()> {
        let parts: Vec<Part> = referrals
            .par_chunks(CHUNK)
            .map(|chunk| match &self.writer {
                None => self.canonical_part(chunk),
                Some(writer) => self.foreign_part(writer.as_ref(), chunk),
            })
            .collect();
        for part in parts {
            for (sheet, bytes) in self.sheets.iter_mut().zip(&part.bytes) {
                sheet.bytes(bytes)?;
            }
            self.written.0 += part.rows;
            self.named.add(part.named);
            self.dirt_now.add(&part.dirt);
        }
        Ok(())
    }

    fn is_wanted(&self, referral: &Referral) -> bool {
        referral.order.id <= self.last
    }

    fn canonical_part(&self, chunk: &[Referral]) -> Part {
        let mut bytes = Vec::with_capacity(chunk.len() * 320);
        let mut part = Part::default();
        let mut cells = Cells::default();
        for referral in chunk.iter().filter(|r| self.is_wanted(r)) {
            self.rows.fill(referral, self.day, &mut cells);
            match &self.mess {
                Some(mess) => {
                    let key = (referral.order.id, self.rows.is_known_by_name(referral));
                    mess.push(key, &cells, &mut bytes, &mut part.dirt);
                }
                None => crate::mess::push_clean(&cells, &mut bytes),
            }
            part.rows += 1;
        }
        part.rows += part.dirt.extra_rows();
        part.bytes.push(bytes);
        part
    }

    fn foreign_part(&self, writer: &dyn Writer, chunk: &[Referral]) -> Part {
        let mut part = Part {
            bytes: vec![Vec::new(); self.sheets.len()],
            ..Part::default()
        };
        let mut cells = Cells::default();
        for referral in chunk.iter().filter(|r| self.is_wanted(r)) {
            self.rows.fill(referral, self.day, &mut cells);
            let record = Record {
                world: self.world,
                cells: &cells,
                referral,
                state: referral.state_on(self.day),
                day: self.day,
            };
            if writer.holds(&record) {
                writer.write(&record, &mut part.bytes);
                part.named.note(&record);
                part.rows += 1;
            }
        }
        part
    }
}

/// The ending of a file's name.
fn ending(file: &str) -> &str {
    file.rsplit('.').next().unwrap_or("csv")
}

/// The name of a quarter's export, and its day.
fn export_of(quarter: Quarter, world: &World) -> (String, Day) {
    if world.settings.one_export {
        ("referrals".to_string(), world.settings.last_day())
    } else {
        (format!("referrals-{quarter}"), quarter.last_day())
    }
}
